"""Who may do what. Every route says who may use it with one of these decorators; a test looks that all do."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.models import Community, Member, Partner
from perron.core.errors import NotAllowed
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy

Role = Member.Role
# The program itself and the sources that it imports.
_UNASKED = {"system", "source"}
_RANK = {Role.AUTHOR: 1, Role.EDITOR: 2, Role.ADMINISTRATOR: 3}

type View = Callable[..., HttpResponseBase]


def role_in(person: Person | AnonymousUser, community: Community) -> Role | None:
    """Return the highest role that `person` has for `community`, by itself, its partner or the operator."""
    if not isinstance(person, Person) or not person.is_active:
        return None
    scope = Q(community=community) | Q(partner=community.partner_id) | Q(community=None, partner=None)
    roles = [Role(role) for role in Member.objects.filter(scope, person=person).values_list("role", flat=True)]
    return max(roles, key=_RANK.__getitem__, default=None)


def require(person: Person | AnonymousUser, community: Community, role: Role) -> None:
    """Raise `NotAllowed` unless `person` has at least `role` for `community`."""
    if not _has(person, community, role):
        raise NotAllowed(_("Your role at %(community)s does not allow this.") % {"community": community})


def permit(by: Actor, community: Community, role: Role) -> None:
    """Raise `NotAllowed` unless the acting person has at least `role`; the program and sources may."""
    if by.kind not in _UNASKED:
        require(person_of(by), community, role)


def may(by: Actor, community: Community, role: Role) -> bool:
    """Say whether `permit` would let the acting person do it."""
    return by.kind in _UNASKED or _has(person_of(by), community, role)


def permit_operator(by: Actor) -> None:
    """Raise `NotAllowed` unless the acting person is an administrator of the operator; the program itself may."""
    if by.kind == "system":
        return
    if not is_operator(person_of(by)):
        raise NotAllowed(_("Only the operator's administrators may do this."))


def person_of(by: Actor) -> Person | AnonymousUser:
    """Return the person who acts; nobody where a source or the program does, or the account is gone."""
    found = Person.objects.filter(pk=by.id).first() if by.kind == "person" and by.id else None
    return found or AnonymousUser()


def is_operator(person: Person | AnonymousUser) -> bool:
    """Say whether `person` is an administrator of the operator."""
    return (
        isinstance(person, Person)
        and person.is_active
        and Member.objects.filter(person=person, community=None, partner=None, role=Role.ADMINISTRATOR).exists()
    )


def communities_of(person: Person) -> QuerySet[Community]:
    """Return the communities for which `person` has any role."""
    held = Member.objects.filter(person=person)
    if held.filter(community=None, partner=None).exists():
        return Community.objects.all()
    return Community.objects.filter(Q(members__in=held) | Q(partner__members__in=held)).distinct()


def anyone[V: View](view: V) -> V:
    """Mark a view that needs no account."""
    view.who_may = "anyone"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Let in whoever is signed in; others are asked to sign in first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.who_may = "signed in"  # type: ignore[attr-defined]
    return guarded


def operator(view: View) -> View:
    """Let in the operator's administrators only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_operator(request.user):
            raise NotAllowed(_("Only the operator's administrators may open this page."))
        return view(request, *args, **kwargs)

    outer = signed_in(guarded)
    outer.who_may = "operator"  # type: ignore[attr-defined]
    return outer


def member(
    role: Role,
) -> Callable[[Callable[Concatenate[HttpRequest, Community, ...], HttpResponseBase]], View]:
    """Let in members with at least `role` for the community of the URL's `community` slug.

    The view receives the `Community` itself. To somebody without any role there it does not exist (404).
    """

    def decorate(view: Callable[Concatenate[HttpRequest, Community, ...], HttpResponseBase]) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, community: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            assert isinstance(request.user, Person)
            found = get_object_or_404(communities_of(request.user), slug=community)
            require(request.user, found, role)
            return view(request, found, *args, **kwargs)

        outer = signed_in(guarded)
        outer.who_may = f"member:{role}"  # type: ignore[attr-defined]
        return outer

    return decorate


def partners_administrator(
    view: Callable[Concatenate[HttpRequest, Partner, ...], HttpResponseBase],
) -> View:
    """Let in the administrators of the URL's `partner`, and the operator's.

    The view receives the `Partner` itself. To everybody else it does not exist (404).
    """

    @wraps(view)
    def guarded(request: HttpRequest, partner: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = get_object_or_404(Partner, slug=partner)
        if not is_operator(request.user) and found not in partners_administered(request.user):
            raise Http404
        return view(request, found, *args, **kwargs)

    outer = signed_in(guarded)
    outer.who_may = "partner's administrator"  # type: ignore[attr-defined]
    return outer


def partners_administered(person: Person | AnonymousUser) -> list[Partner]:
    """Return the partners of which `person` is an administrator, by name."""
    if not isinstance(person, Person) or not person.is_active:
        return []
    held = Member.objects.filter(person=person, role=Role.ADMINISTRATOR)
    return list(Partner.objects.filter(members__in=held).order_by("name"))


def part_of(activity: Activity) -> Callable[[View], View]:
    """Say that a page belongs to an activity: where the operator's policy omits it, there is no such page (404)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not policy().does(activity):
                raise Http404
            return view(request, *args, **kwargs)

        guarded.part_of = activity  # type: ignore[attr-defined]
        return guarded

    return decorate


def _has(person: Person | AnonymousUser, community: Community, role: Role) -> bool:
    held = role_in(person, community)
    return held is not None and _RANK[held] >= _RANK[role]
