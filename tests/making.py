"""Makes what tests need, with as few words as possible. Everything made is real and saved."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.test import Client

from perron.accounts.models import Person
from perron.communities.membership import columns_of
from perron.communities.models import Agreement, Area, Community, Member, Partner, Place, Platform, Topic
from perron.core.clock import now
from perron.core.identifiers import short_key
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.encrypting import encrypt
from perron.privacy.policy.current import policy
from perron.publishing import drafting, releasing
from perron.publishing.content import Content, Words
from perron.publishing.models import Item

PASSWORD = "a long enough password"
# Of an authenticator app, in Base32.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def partner(slug: str = "ville", *, bound: bool = True) -> Partner:
    """Make a partner; `bound`: with its arrangement and its contract in force."""
    made, fresh = Partner.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    if fresh and bound:
        Agreement.objects.bulk_create([agreement(made, kind) for kind in Agreement.Kind])
    return made


def agreement(of: Partner, kind: str) -> Agreement:
    """Return an unsaved agreement that is in force, as short as can be."""
    text = f"# {kind}"
    hashed = hashlib.sha256(text.encode()).hexdigest()
    return Agreement(partner=of, kind=kind, policy_version=policy().version.in_force, language="fr", text=text,
                     text_hash=hashed, on_paper=True, in_force_at=now())  # fmt: skip


def community(slug: str = "liege", **columns: Any) -> Community:
    defaults: dict[str, Any] = {
        "partner": partner(),
        "kind": Community.Kind.COMMUNE,
        "names": {"fr": slug.title()},
        "languages": ["fr", "nl", "de", "en"],
    }
    return Community.objects.get_or_create(slug=slug, defaults=defaults | columns)[0]


def platform(*communities: Community, slug: str = "front", is_front: bool = True, **columns: Any) -> Platform:
    defaults = {"partner": partner(), "name": slug.title(), "is_front": is_front}
    made = Platform.objects.get_or_create(slug=slug, defaults=defaults | columns)[0]
    for position, shown in enumerate(communities):
        Place.objects.get_or_create(platform=made, community=shown, defaults={"position": position})
    return made


def topic(slug: str = "culture") -> Topic:
    return Topic.objects.get_or_create(slug=slug, defaults={"names": {"fr": slug.title()}})[0]


def area(of: Community, slug: str, place: float, **columns: Any) -> Area:
    """Draw an area of a community: a square whose south-west corner lies `place` degrees north-east of 50°, 5°."""
    corners = [(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0)]
    ring = [[5 + place + x, 50 + place + y] for x, y in corners]
    shape = {"polygon": {"type": "Polygon", "coordinates": [ring]}}
    return Area.objects.create(community=of, slug=slug, names={"fr": slug.title()}, **shape | columns)


def person(email: str = "", *, role: str = "", at: Community | Partner | None = None) -> Person:
    """Make a person; with `role`, a member of the community or partner `at` (or, without one, of the operator)."""
    made = Person.objects.create_person(email or f"{short_key()}@example.org", PASSWORD, name="Anne Exemple")
    if role:
        Member.objects.create(person=made, role=role, **columns_of(at))
    return made


_force_login = Client.force_login


def sign_in(client: Client, user: Person, backend: str | None = None, *, lasts: timedelta = timedelta()) -> str:
    """Sign in as after a second factor, shown just now or, with `lasts`, as if later; return the session's key."""
    _force_login(client, user, backend)
    session = client.session
    at = (now() + lasts).timestamp()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "mfa", "type": "totp", "at": at}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def app(person: Person, secret: str = SECRET) -> Authenticator:
    """Give a person an authenticator app; `code` says what it shows."""
    data = {"secret": encrypt(secret)}
    return Authenticator.objects.create(user=person, type=Authenticator.Type.TOTP, data=data)


def code(secret: str = SECRET, *, after: int = 0) -> str:
    """Return what the app shows now, or so many half minutes later."""
    return str(format_hotp_value(hotp_value(secret, int(now().timestamp()) // 30 + after)))


DETAILS: Mapping[str, dict[str, Any]] = {
    "news": {},
    "event": {"place": "Place Saint-Lambert"},
    "alert": {"instructions_fr": "Fermez portes et fenêtres."},
    "works": {"place": "Rue Léopold"},
    "document": {"type": "inquiry"},
}


def content(kind: str = "news", title: str = "Marché de Noël", **more: Any) -> Content:
    """Return a content that can be released: `details` are completed with what the kind requires."""
    details = DETAILS[kind] | more.pop("details", {})
    tomorrow = (now() + timedelta(days=1)).date()
    if kind == "event":
        details = {"starts": f"{tomorrow}T19:00", "ends": f"{tomorrow}T21:00"} | details
    if kind == "works":
        details = {"starts_on": str(tomorrow), "ends_on": str(tomorrow + timedelta(days=10))} | details
    texts = more.pop("texts", {"fr": Words(title=title, summary="En bref.", body="Un texte **important**.")})
    return Content(texts=texts, details=details, **more)


def draft(kind: str = "news", *, at: Community | None = None, by: Actor = SYSTEM, **more: Any) -> Item:
    return drafting.begin(at or community(), kind, content(kind, **more), by=by)


def released(kind: str = "news", *, at: Community | None = None, by: Actor = SYSTEM, **more: Any) -> Item:
    item = draft(kind, at=at, by=by, **more)
    return releasing.release(item, by=by, expected=item.edition)
