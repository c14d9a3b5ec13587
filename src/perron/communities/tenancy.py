"""For whom somebody who is signed in acts: the partners for which, or for whose communities, they have a role.

The operator's staff act for all. Within a partner, `access` says who may do what.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth import user_logged_in, user_logged_out
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from perron.accounts.models import Person
from perron.communities.models import Member
from perron.privacy.tenancy.scope import EVERYBODY, NOBODY, Scope, acting, as_program


@as_program
def scope_of(person: Person | AnonymousUser) -> Scope:
    """Return for whom `person` acts."""
    if not isinstance(person, Person) or not person.is_active:
        return NOBODY
    roles = Member.objects.filter(person=person).values_list(Coalesce("community__partner", "partner"), flat=True)
    partners = set(roles)
    return EVERYBODY if None in partners else Scope(frozenset(partners))


class TenancyMiddleware:
    """A request acts for nobody until a view looks who is signed in, and from then on for theirs.

    So what everybody reads costs nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the scope of whoever asks."""
        with acting(NOBODY) as frame:

            def look() -> Person | AnonymousUser:
                user = get_user(request)
                frame.scope = scope_of(user)
                return user

            request.user = SimpleLazyObject(look)  # type: ignore[assignment]
            request.acts_in = frame  # type: ignore[attr-defined]
            return self.get_response(request)


def act_for_nobody(request: HttpRequest) -> None:
    """Have the rest of the request act for nobody, whoever asks."""
    if frame := getattr(request, "acts_in", None):
        frame.scope = NOBODY


def _signed_in(request: HttpRequest, user: Person, **_more: Any) -> None:
    if frame := getattr(request, "acts_in", None):
        frame.scope = scope_of(user)


def _signed_out(request: HttpRequest, **_more: Any) -> None:
    act_for_nobody(request)


user_logged_in.connect(_signed_in)
user_logged_out.connect(_signed_out)
