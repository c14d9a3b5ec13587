"""Whoever works for the operator, a partner or a community signs in with a second factor, before anything else.

Without one in the session they are no staff: the studio and the desk lead to setting one up, or showing it, and every
other page sees nobody.
"""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from perron.accounts.factors import factors_of, remove, signed_in_strongly, take_all_away
from perron.accounts.models import Person
from perron.communities.access import ask_for_factor, holds, level_of, permit, person_of
from perron.communities.models import Member
from perron.communities.permissions import MANAGE_STAFF, MANAGES
from perron.communities.tenancy import act_for_nobody
from perron.core.errors import NotAllowed, Refused
from perron.privacy.acting import Actor
from perron.privacy.tenancy.scope import as_program

# Who signs in strongly enough without a factor, and what the sign-in page says of it: nobody, but in a demo
# (`project.demo.excusing`).
_excused: list[tuple[Callable[[Person], bool], Callable[[], str]]] = []
# Where somebody sets up a factor, or signs out.
_OPEN = "account"


class StrongStaffMiddleware:
    """Keeps staff without a second factor in their session out of everything but their own account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer as the views do."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponseBase | None:
        """Lead to the second factor; a page for everybody is shown as to everybody."""
        # What the edge may keep is the same for everybody; to look who asks would keep it from being kept.
        if hasattr(view, "edge_parameters") or request.path_info.removeprefix("/").partition("/")[0] == _OPEN:
            return None
        # Without a session nobody is signed in: a picture of everybody's says no `Vary: Cookie`.
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or not _is_too_weak(request):
            return None
        person, request.user = request.user, AnonymousUser()
        act_for_nobody(request)
        if getattr(view, "who_may", "anyone") == "anyone":
            return None
        assert isinstance(person, Person)
        return ask_for_factor(request, person)


def excuse(tells: Callable[[Person], bool], note: Callable[[], str]) -> None:
    """Have `tells` say of whom no second factor is asked; the sign-in page shows `note`, unless it is ""."""
    _excused.append((tells, note))


def is_excused(person: Person) -> bool:
    """Say whether no second factor is asked of `person` although they are staff."""
    return any(tells(person) for tells, _note in _excused)


def sign_in_note() -> str:
    """Return what the sign-in page says of those who are excused, else ""."""
    return " ".join(filter(None, (note() for _tells, note in _excused)))


@as_program
def is_staff(person: Person) -> bool:
    """Say whether `person` acts for the operator, a partner or a community: anyone's, whoever asks."""
    return Member.objects.filter(person=person).exists()


def must_have_factor(person: Person) -> bool:
    """Say whether `person` may not be without a second factor."""
    return is_staff(person) and not is_excused(person)


def remove_factor(person: Person, authenticator: Authenticator, *, by: Actor) -> None:
    """Take away a passkey or the app. Raises `NotAllowed` for anybody else's, `Refused` for the last one of staff."""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if len(factors_of(person)) <= 1 and must_have_factor(person):
            raise Refused(_("This is your only one, and whoever works here needs one. Add another one first."))
        remove(person, authenticator, by=by)


def reset_factors(member: Member, *, by: Actor) -> None:
    """Take away all factors of a member who lost them, and sign them out everywhere.

    Administrators do it for those whom they administer. Who acts for the operator, or for somebody else as well, gets
    it from the operator: an administrator of one community must not weaken an account that opens others. Raises
    `NotAllowed`; `Refused` for oneself.
    """
    permit(by, MANAGES[level_of(member.scope)], member.scope)
    person = member.person
    if by == person.actor:
        raise Refused(_("Whoever lost their own asks another administrator."))
    if by.kind != "system" and not holds(person_of(by), MANAGE_STAFF) and not _has_one_role(person):
        raise NotAllowed(_("This person acts for others too. Ask the operator's administrators to do it."))
    take_all_away(person, by=by)


@as_program
def _has_one_role(person: Person) -> bool:
    return Member.objects.filter(person=person).count() == 1


def _is_too_weak(request: HttpRequest) -> bool:
    """The rows are only asked for sessions without a second factor."""
    person = request.user
    return isinstance(person, Person) and not signed_in_strongly(request) and must_have_factor(person)
