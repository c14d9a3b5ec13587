"""Who acts for a community, a partner or the operator: given, changed and ended; effective with the next request.

A scope is a community, a partner, or neither: the operator.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import Role, is_operator, permit, permit_operator, person_of
from perron.communities.models import Community, Member, Partner
from perron.communities.writing import Unfit
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.auditing import record

type Scope = Community | Partner | None

# Letters and digits that are not mistaken for one another: the password is read aloud and typed.
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"


@dataclass(frozen=True)
class Admission:
    """A role given; `password` is the first password of an account that was opened for it, shown once, else ""."""

    member: Member
    password: str


def admit(email: str, role: Role, *, by: Actor, at: Scope, name: str = "") -> Admission:
    """Give the person with this address `role` at `at`; opens an account for who has none.

    Raises `NotAllowed` unless `by` administers `at`; `Unfit` for an address that is none; `Conflict` for somebody
    who is a member already.
    """
    permit_membership(by, at)
    email = clean_line(email)
    with transaction.atomic():
        person = Person.objects.filter(email__iexact=email).first()
        password = "" if person else _first_password()
        if person is None:
            person = _open_account(email, password, clean_line(name))
            record("open account", person, by=by, tenant=_tenant(at))
        elif not person.is_active:
            raise Refused(_("This account is closed."))
        if _members(at).filter(person=person).exists():
            raise Conflict(_("%(person)s is a member already. Change the role in the list.") % {"person": person})
        member = Member.objects.create(person=person, role=role, **_columns(at))
        record("admit", member, by=by, tenant=_tenant(at), role=role)
    return Admission(member, password)


def change_role(member: Member, role: Role, *, by: Actor) -> Member:
    """Give `member` another role. Raises `NotAllowed`; `Refused` if nobody would administer the scope."""
    permit_membership(by, _scope(member))
    with transaction.atomic():
        row = _lock(member)
        if row.role == Role.ADMINISTRATOR != role:
            _keep_an_administrator(row, by)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        record("change role", row, by=by, tenant=_tenant(_scope(row)), before=before, role=role)
    return row


def end(member: Member, *, by: Actor) -> None:
    """End a membership; its person may do nothing here any more from now on. Members may leave by themselves.

    Raises `NotAllowed`; `Refused` if nobody would administer the scope.
    """
    if not (by.kind == "person" and by.id == member.person_id):
        permit_membership(by, _scope(member))
    with transaction.atomic():
        row = _lock(member)
        if row.role == Role.ADMINISTRATOR:
            _keep_an_administrator(row, by)
        record("end membership", row, by=by, tenant=_tenant(_scope(row)), role=row.role)
        row.delete()


def leave(persons: Collection[UUID], by: Actor) -> None:
    """Let persons whose accounts end leave everywhere: the trail says so; their memberships go with the accounts.

    Raises `Refused` while one of them is the last administrator of a scope, whoever acts: nobody would notice.
    """
    held = (
        Member.objects.filter(person__in=persons).select_related("community", "partner").select_for_update(of=("self",))
    )
    for member in held:
        scope = _scope(member)
        if member.role == Role.ADMINISTRATOR and not _administrators(scope).exclude(person__in=persons):
            who = scope or _("the operator")
            raise Refused(
                _("This is the last administrator of %(whom)s. Make somebody else administrator first.") % {"whom": who}
            )
        record("end membership", member, by=by, tenant=_tenant(scope), role=member.role)


def members_of(at: Scope) -> QuerySet[Member]:
    """Return the members of exactly this scope, with their persons, administrators first."""
    return _members(at).select_related("person", "community", "partner").order_by("role", "person__email")


def permit_membership(by: Actor, at: Scope) -> None:
    """Raise `NotAllowed` unless `by` administers `at`: nobody gives more than they have.

    Administrators have every role, of their own scope and of those under it: operator, partner, community.
    """
    if isinstance(at, Community):
        if by.kind == "source":
            raise NotAllowed(_("A source has no members to manage."))
        permit(by, at, Role.ADMINISTRATOR)
    elif at is None or not _administers(by, at):
        permit_operator(by)


def _open_account(email: str, password: str, name: str) -> Person:
    try:
        return Person.objects.create_person(email, password, name=name)
    except ValidationError as error:
        raise Unfit(error.message_dict) from error


def _administers(by: Actor, partner: Partner) -> bool:
    held = Member.objects.filter(partner=partner, role=Role.ADMINISTRATOR, person__is_active=True)
    return by.kind == "person" and held.filter(person=by.id).exists()


def _keep_an_administrator(member: Member, by: Actor) -> None:
    """Refuse that the last administrator goes, unless somebody above them takes the role away."""
    scope = _scope(member)
    if any(other.pk != member.pk for other in _administrators(scope)):
        return
    above = by.kind == "system" or is_operator(person_of(by))
    if scope is None or not above or by.id == member.person_id:
        raise Refused(_("This is the last administrator. Make somebody else administrator first."))


def _administrators(scope: Scope) -> QuerySet[Member]:
    """Return them locked, so that two who end each other's membership at the same moment cannot both succeed."""
    return _members(scope).select_for_update(of=("self",)).filter(role=Role.ADMINISTRATOR, person__is_active=True)


def _lock(member: Member) -> Member:
    rows = Member.objects.select_for_update(of=("self",)).select_related("community", "partner", "person")
    row = rows.filter(pk=member.pk).first()
    if row is None:
        raise Conflict(_("This membership has ended already."))
    return row


def _scope(member: Member) -> Scope:
    return member.community or member.partner


def _columns(at: Scope) -> dict[str, Community | Partner | None]:
    return {
        "community": at if isinstance(at, Community) else None,
        "partner": at if isinstance(at, Partner) else None,
    }


def _members(at: Scope) -> QuerySet[Member]:
    if isinstance(at, Community):
        return Member.objects.filter(community=at)
    if isinstance(at, Partner):
        return Member.objects.filter(partner=at)
    return Member.objects.filter(Q(community=None) & Q(partner=None))


def _tenant(at: Scope) -> UUID | None:
    return at.pk if at else None


def _first_password() -> str:
    """Four groups of five signs: 99 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(5)) for _ in range(4))
