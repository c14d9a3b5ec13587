"""Who may do what, asked by views and rules. Every route says which permission it needs; a test looks that all do.

`requires` is for views, `permit` and `may` for rules, `powers` for what a screen offers. Roles are looked up with every
question, so that a change of role counts from the next request on.
"""

from collections.abc import Callable
from functools import reduce, wraps
from operator import or_
from typing import Any

from allauth.account.internal.flows.reauthentication import suspend_request
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from perron.accounts.factors import confirmed_strongly, has_second_factor
from perron.accounts.models import Person
from perron.communities.models import Community, Member, Partner
from perron.communities.permissions import PERMISSIONS, WRITE, Permission
from perron.communities.roles import Level, Role
from perron.core.errors import NotAllowed
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.tenancy.scope import as_program

type Somebody = Person | AnonymousUser
# What a permission is exercised on; the operator is None.
type Scope = Community | Partner | None
type View = Callable[..., HttpResponseBase]


def permit(by: Actor, permission: Permission, at: Scope = None) -> None:
    """Raise `NotAllowed` unless `by` holds `permission` at `at`; the program does, and sources do where it says so."""
    if not may(by, permission, at):
        raise _refusal(permission, at)


def may(by: Actor, permission: Permission, at: Scope = None) -> bool:
    """Say whether `permit` would let the acting person do it."""
    match by.kind:
        case "system":
            return True
        case "source":
            return permission.source
        case _:
            return holds(person_of(by), permission, at)


def holds(person: Somebody, permission: Permission, at: Scope = None) -> bool:
    """Say whether somebody holds a permission at a community, a partner or, without one, the operator."""
    return any(role in permission.held_by(level) for level, role in roles_at(person, _checked(permission, at)))


def powers(person: Somebody, at: Scope = None) -> dict[str, bool]:
    """Return which permissions of that level somebody holds there, by name; for menus: the rules ask again."""
    roles, level = roles_at(person, at), level_of(at)
    return {
        permission.name: any(role in permission.held_by(above) for above, role in roles)
        for permission in PERMISSIONS.values()
        if permission.at == level
    }


def person_of(by: Actor) -> Somebody:
    """Return the person who acts; nobody where a source or the program does, or the account is gone."""
    found = Person.objects.filter(pk=by.id).first() if by.kind == "person" and by.id else None
    return found or AnonymousUser()


@as_program
def holders(permission: Permission, at: Scope = None, *, level: Level | None = None) -> QuerySet[Person]:
    """Return who holds a permission by a role at exactly that scope, or (with `level`) at the one above it."""
    here = _above(at)[level or level_of(at)]
    roles = permission.held_by(level or level_of(at))
    # Looked up here and now: whoever reads the answer may act for others, or for nobody.
    held = list(Member.objects.filter(here, role__in=roles).values_list("person", flat=True))
    return Person.objects.filter(pk__in=held, is_active=True).order_by("name", "email")


@as_program
def roles_at(person: Somebody, at: Scope) -> list[tuple[Level, Role]]:
    """Return what somebody is at a scope and at those above it."""
    if not isinstance(person, Person) or not person.is_active:
        return []
    held = Member.objects.filter(reduce(or_, _above(at).values()), person=person)
    return [
        (Level.COMMUNITY if community else Level.PARTNER if partner else Level.OPERATOR, Role(role))
        for community, partner, role in held.values_list("community", "partner", "role")
    ]


def level_of(at: Scope) -> Level:
    """Return the level of a scope."""
    if at is None:
        return Level.OPERATOR
    return Level.COMMUNITY if isinstance(at, Community) else Level.PARTNER


def communities_of(person: Somebody, permission: Permission = WRITE) -> QuerySet[Community]:
    """Return the communities for which somebody holds `permission`."""
    if not isinstance(person, Person) or not person.is_active:
        return Community.objects.none()
    held = Member.objects.filter(person=person)
    if held.filter(community=None, partner=None, role__in=permission.operator).exists():
        return Community.objects.all()
    own = Q(pk__in=held.filter(role__in=permission.community).values("community"))
    partners = Q(partner__in=held.filter(role__in=permission.partner).exclude(partner=None).values("partner"))
    return Community.objects.filter(own | partners)


def partners_of(person: Somebody) -> list[Partner]:
    """Return the partners for which somebody acts, by name."""
    if not isinstance(person, Person) or not person.is_active:
        return []
    return list(Partner.objects.filter(members__person=person).order_by("name"))


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


def requires(permission: Permission) -> Callable[[View], View]:
    """Let in who holds `permission`; others are refused (403), after they were asked to sign in.

    The view of a permission on a community or a partner gets the `Community` or `Partner` itself for the slug in its
    URL. To somebody who has nothing to do with it, it does not exist (404).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            at = _asked_for(request.user, permission, kwargs.pop(permission.at, ""))
            if not holds(request.user, permission, at):
                raise _refusal(permission, at)
            return view(request, *args, **kwargs) if at is None else view(request, at, *args, **kwargs)

        outer = signed_in(guarded)
        outer.who_may = permission  # type: ignore[attr-defined]
        return outer

    return decorate


def strongly_signed_in(view: View) -> View:
    """Ask for the second factor, unless it was used within five minutes: before something is signed.

    Goes around the decorator that says who may; nothing changes about that. What was posted is kept in the session
    and carried out once the person has confirmed, files excepted: they are chosen again.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Person) and not confirmed_strongly(request):
            return ask_for_factor(request, request.user)
        return view(request, *args, **kwargs)

    return guarded


def ask_for_factor(request: HttpRequest, person: Person) -> HttpResponseBase:
    """Lead to where the second factor is shown, or set up by who has none, and from there back to this request."""
    where = reverse("account:confirm" if has_second_factor(person) else "account:factor-first")
    response: HttpResponseBase = suspend_request(request, where)
    return response


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


def _asked_for(person: Somebody, permission: Permission, slug: str) -> Scope:
    match permission.at:
        case Level.COMMUNITY:
            # Who writes for it is told that something else is not for them.
            return get_object_or_404(communities_of(person) | communities_of(person, permission), slug=slug)
        case Level.PARTNER:
            found = get_object_or_404(Partner, slug=slug)
            if not roles_at(person, found):
                raise Http404
            return found
        case Level.OPERATOR:
            return None


def _above(at: Scope) -> dict[Level, Q]:
    """Return where memberships count for a scope: at itself, at its partner, at the operator."""
    scopes = {Level.OPERATOR: Q(community=None, partner=None)}
    if isinstance(at, Partner):
        scopes[Level.PARTNER] = Q(partner=at)
    elif isinstance(at, Community):
        scopes |= {Level.PARTNER: Q(partner=at.partner_id), Level.COMMUNITY: Q(community=at)}
    return scopes


def _checked(permission: Permission, at: Scope) -> Scope:
    """Return `at`; raise `TypeError` where a permission is asked at a level that is not its own."""
    if level_of(at) != permission.at:
        raise TypeError(f"{permission} is a permission on {permission.at}; it was asked at {level_of(at)}")
    return at


def _refusal(permission: Permission, at: Scope) -> NotAllowed:
    what: dict[str, str | Model] = {"what": str(permission.allows)}
    if at is None:
        return NotAllowed(_("Your role does not allow you to %(what)s. An administrator can change it.") % what)
    what["scope"] = at
    return NotAllowed(
        _("Your role at %(scope)s does not allow you to %(what)s. An administrator can change it.") % what
    )
