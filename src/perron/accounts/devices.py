"""On which devices somebody is signed in, and whether they signed in on this one before.

A browser remembers by a signed cookie which accounts signed in there; the server keeps no list of devices. Each mark in
it holds until the password changes. Of a session is kept when it began, on which day it was last used, and two words.
"""

from collections.abc import Iterable

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from perron.accounts.models import Person, Session
from perron.core.clock import now, today
from perron.core.errors import NotAllowed, NotFound
from perron.privacy.acting import Actor
from perron.privacy.auditing import record

STARTED, SEEN, DEVICE = "started_at", "seen_on", "device"
_SALT = "perron.accounts.devices"
_AGE = 400 * 24 * 3600
_ACCOUNTS_OF_A_BROWSER = 8
# In the order in which they betray themselves: most browsers also say that they are others.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
             ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("CrOS", "ChromeOS"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip


def label_of(request: HttpRequest) -> str:
    """Return browser and system in two words, "Firefox, Android", or "": no version, nothing that tells two apart."""
    agent = request.headers.get("User-Agent", "")
    return ", ".join(filter(None, (_named(agent, _BROWSERS), _named(agent, _SYSTEMS))))


def begin(request: HttpRequest) -> None:
    """Note in the session that it begins now, and in what. Its key is new already (`django.contrib.auth.login`)."""
    request.session.set_expiry(settings.SESSION_COOKIE_AGE)
    request.session[STARTED] = now().isoformat()
    request.session[SEEN] = today().isoformat()
    request.session[DEVICE] = label_of(request)


def is_known(request: HttpRequest, person: Person) -> bool:
    """Say whether `person` signed in with this browser before, and since they last changed their password."""
    return any(constant_time_compare(_mark(person), mark) for mark in _marks(request))


def remember(request: HttpRequest, response: HttpResponseBase, person: Person) -> None:
    """Have the browser know that `person` signed in there; it forgets the accounts that it has not seen longest."""
    own = _mark(person)
    marks = [own, *(mark for mark in _marks(request) if mark != own)][:_ACCOUNTS_OF_A_BROWSER]
    response.set_cookie(
        settings.PERRON_DEVICE_COOKIE,
        signing.dumps(marks, salt=_SALT),
        max_age=_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def sessions_of(person: Person) -> list[Session]:
    """Return where `person` is signed in now, the latest first."""
    return list(Session.objects.filter(person=person, expire_date__gt=now()).order_by("-started_at"))


def reference_of(session: Session) -> str:
    """Return a name for a session on pages: its key opens it, and stays out of them."""
    return salted_hmac(_SALT, session.session_key, algorithm="sha256").hexdigest()[:24]


def end_session(person: Person, reference: str, *, by: Actor) -> None:
    """Sign somebody out on one device. Raises `NotAllowed` for anybody else's, `NotFound` if it has ended."""
    found = [session for session in sessions_of(person) if reference_of(session) == reference]
    if not found:
        raise NotFound(_("This device is signed out already."))
    _end(person, found, by)


def end_others(person: Person, key: str | None, *, by: Actor) -> int:
    """Sign somebody out everywhere but in the session with `key`, and return in how many. Raises `NotAllowed`."""
    others = [session for session in sessions_of(person) if session.session_key != key]
    _end(person, others, by)
    return len(others)


def _end(person: Person, sessions: Iterable[Session], by: Actor) -> None:
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))
    keys = [session.session_key for session in sessions]
    with transaction.atomic():
        Session.objects.filter(person=person, session_key__in=keys).delete()
        record("end sessions", person, by=by, number=len(keys))


def _mark(person: Person) -> str:
    return salted_hmac(_SALT, f"{person.pk} {person.password}", algorithm="sha256").hexdigest()[:32]


def _marks(request: HttpRequest) -> list[str]:
    try:
        marks = signing.loads(request.COOKIES.get(settings.PERRON_DEVICE_COOKIE, ""), salt=_SALT, max_age=_AGE)
    except signing.BadSignature:
        return []
    return [mark for mark in marks if isinstance(mark, str)] if isinstance(marks, list) else []


def _named(agent: str, names: Iterable[tuple[str, str]]) -> str:
    return next((name for sign, name in names if sign in agent), "")
