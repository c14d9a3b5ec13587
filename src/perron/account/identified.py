"""Who asks about their data: somebody signed in, or somebody who proved by a mailed link that an address is theirs.

Both are identified for what is stored about them, and for nothing else: whoever came by a link has no account.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from perron.accounts.models import Person
from perron.core.clock import now
from perron.privacy.acting import Actor
from perron.privacy.same_person import known_as
from perron.privacy.subjects import Subject, of_person

LASTS = timedelta(minutes=30)
_KEY = "identified_address"

type View = Callable[..., HttpResponseBase]


def identify(request: HttpRequest, subject: Subject) -> None:
    """Remember in the session, for 30 minutes, that who asks has the address of `subject`: called by the mailed link.

    The session gets a new key, so that nobody who knew the old one comes along.
    """
    if subject.kind != "address":
        raise ValueError("Persons sign in; a link identifies addresses.")
    request.session.cycle_key()
    if not request.user.is_authenticated:
        request.session.set_expiry(LASTS)
    request.session[_KEY] = {"address": str(subject.id), "until": (now() + LASTS).isoformat()}


def subjects_of(request: HttpRequest) -> tuple[Subject, ...]:
    """Return as whom the one who asks is identified, the account first; nobody is ().

    An account brings its confirmed addresses, an address the closed account that had it (`accounts.same_person`).
    """
    found: list[Subject] = []
    if isinstance(request.user, Person) and request.user.is_active:
        found += known_as(of_person(request.user.pk))
    kept = request.session.get(_KEY)
    if kept and datetime.fromisoformat(kept["until"]) > now():
        found += known_as(Subject("address", UUID(kept["address"])))
    return tuple(dict.fromkeys(found))


def actor_of(request: HttpRequest) -> Actor:
    """Return the one who asks as the one who acts: the account where there is one. Raises `LookupError` for nobody."""
    first = next(iter(subjects_of(request)), None)
    if first is None:
        raise LookupError("Nobody is identified.")
    return Actor(first.kind, first.id)


def identified(view: View) -> View:
    """Let in who is signed in or came by a mailed link; others are led to where they can do either."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not subjects_of(request):
            return redirect("account:rights")
        return view(request, *args, **kwargs)

    guarded.who_may = "identified"  # type: ignore[attr-defined]
    return guarded
