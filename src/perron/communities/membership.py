"""Who acts for a community, a partner or the operator: given, changed and ended; effective with the next request.

Somebody becomes a member by accepting an invitation (`inviting`); the program also admits by itself.
"""

from collections.abc import Collection
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import Scope, level_of, may, permit, person_of, roles_at
from perron.communities.agreements import require_service
from perron.communities.inviting.tables import Invitation
from perron.communities.models import Community, Member, Partner
from perron.communities.permissions import MANAGES, granted
from perron.communities.roles import ROLES, Role
from perron.communities.writing import Unfit
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity
from perron.privacy.tenancy.scope import as_program


def admit(email: str, role: Role, *, by: Actor, at: Scope, name: str = "") -> Member:
    """Make the person with this address a member at once; opens an account without a password for who has none.

    People are invited instead (`inviting.rules.invite`): nobody else opens an account for them. Raises `NotAllowed`
    for anybody but the program; `Unfit` for an address that is none; `Conflict` for somebody who is a member already;
    `Refused` before the partner's processing contract is in force, but for those who sign it.
    """
    if by.kind != "system":
        raise NotAllowed(_("Invite the person instead."))
    require_contract(at, role)
    with transaction.atomic():
        person = Person.objects.filter(email__iexact=clean_line(email)).first()
        if person is None:
            person = open_account(clean_line(email), None, name=name)
            record("open account", person, by=by, tenant=tenant_of(at))
        return join(person, role, by=by, at=at)


def join(person: Person, role: Role, *, by: Actor, at: Scope) -> Member:
    """Write down that somebody is a member from now on, for rules that have asked whether it may be.

    Raises `Refused` for a closed account, `Conflict` for who is a member already.
    """
    if not person.is_active:
        raise Refused(_("This account is closed."))
    try:
        with transaction.atomic():
            member = Member.objects.create(person=person, role=role, **columns_of(at))
    except IntegrityError as error:
        raise Conflict(
            _("%(person)s is a member already. Change the role in the list.") % {"person": person}
        ) from error
    record("admit", member, by=by, tenant=tenant_of(at), role=role)
    return member


def open_account(email: str, password: str | None, *, name: str) -> Person:
    """Return a new account. Raises `Unfit` for an address or a name that does not do."""
    try:
        return Person.objects.create_person(email, password, name=clean_line(name))
    except ValidationError as error:
        raise Unfit(error.message_dict) from error


def change_role(member: Member, role: Role, *, by: Actor) -> Member:
    """Give `member` another role. Raises `NotAllowed`; `Refused` if nobody would administer the scope."""
    _permit_change(member, by)
    permit_grant(by, member.scope, role)
    with transaction.atomic():
        row = _lock(member)
        if _manages(row.role, row.scope) and not _manages(role, row.scope):
            _keep_an_administrator(row, by)
        before, row.role = row.role, role
        row.save(update_fields=["role"])
        record("change role", row, by=by, tenant=tenant_of(row.scope), before=before, role=role)
        _withdraw_invitations(row.person, by=by)
    return row


def end(member: Member, *, by: Actor) -> None:
    """End a membership; its person may do nothing here any more from now on. Members may leave by themselves.

    The invitations that they sent go, where they may not invite any more; with somebody's last role, so do their
    sessions, on every device. Raises `NotAllowed`; `Refused` if nobody would administer the scope.
    """
    if not (by.kind == "person" and by.id == member.person_id):
        _permit_change(member, by)
    with transaction.atomic():
        row = _lock(member)
        if _manages(row.role, row.scope):
            _keep_an_administrator(row, by)
        record("end membership", row, by=by, tenant=tenant_of(row.scope), role=row.role)
        person = row.person
        row.delete()
        _withdraw_invitations(person, by=by)
        if not has_role(person):
            person.sessions.all().delete()
            record("end sessions", person, by=by)


def leave(persons: Collection[UUID], by: Actor) -> None:
    """Let persons whose accounts end leave everywhere: the trail says so; their memberships go with the accounts.

    Raises `Refused` while one of them is the last administrator of a scope, whoever acts: nobody would notice.
    """
    held = (
        Member.objects.filter(person__in=persons).select_related("community", "partner").select_for_update(of=("self",))
    )
    for member in held:
        scope = member.scope
        if _manages(member.role, scope) and not _administrators(scope).exclude(person__in=persons):
            who = scope or _("the operator")
            raise Refused(
                _("This is the last administrator of %(whom)s. Make somebody else administrator first.") % {"whom": who}
            )
        record("end membership", member, by=by, tenant=tenant_of(scope), role=member.role)
    for invitation in Invitation.objects.filter(invited_by__in=persons):
        take_back(invitation, by=by)


def members_of(at: Scope) -> QuerySet[Member]:
    """Return the members of exactly this scope, with their persons, administrators first."""
    ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(ROLES[level_of(at)])]
    found = Member.objects.filter(**columns_of(at)).select_related("person", "community", "partner")
    return found.order_by(Case(*ranks), "person__email")


def roles_of(person: Person) -> QuerySet[Member]:
    """Return the roles that `person` has, with the communities and partners where they have them."""
    return Member.objects.filter(person=person).select_related("community", "partner").order_by("since")


@as_program
def has_role(person: Person) -> bool:
    """Say whether `person` acts for anybody, whoever asks."""
    return person.memberships.exists()


def grantable(by: Actor, at: Scope) -> list[Role]:
    """Return the roles of a scope that `by` may give and take: none that allows anything that `by` may not."""
    level = level_of(at)
    if not may(by, MANAGES[level], at):
        return []
    if by.kind == "system":
        return list(ROLES[level])
    own = frozenset[object]().union(*(granted(*held) for held in roles_at(person_of(by), at)))
    return [role for role in ROLES[level] if granted(level, role) <= own]


def permit_grant(by: Actor, at: Scope, role: Role) -> None:
    """Raise `NotAllowed` unless `by` may give or take this role there: nobody gives more than they have."""
    permit(by, MANAGES[level_of(at)], at)
    if role not in grantable(by, at):
        raise NotAllowed(_("You cannot give the role “%(role)s” here.") % {"role": role.label})


def require_contract(at: Scope, role: Role) -> None:
    """Refuse to keep data of a partner's people before its contract, but for the administrators who sign that one."""
    partner = at.partner if isinstance(at, Community) else at
    if partner and not (isinstance(at, Partner) and role == Role.ADMINISTRATOR):
        require_service(partner, Activity.STAFF)


def take_back(invitation: Invitation, *, by: Actor) -> None:
    """Write down that an invitation can be accepted no more, for rules that have asked whether it may be."""
    invitation.state = Invitation.State.WITHDRAWN
    invitation.save(update_fields=["state"])
    record("withdraw invitation", invitation, by=by, tenant=tenant_of(invitation.scope))


def tenant_of(at: Scope) -> UUID | None:
    """Return the key under which the trail has what is done at a scope."""
    return at.pk if at else None


def columns_of(at: Scope) -> dict[str, Community | Partner | None]:
    """Return the columns of a row that belongs to a scope."""
    return {
        "community": at if isinstance(at, Community) else None,
        "partner": at if isinstance(at, Partner) else None,
    }


def _permit_change(member: Member, by: Actor) -> None:
    permit_grant(by, member.scope, Role(member.role))


def _manages(role: str, at: Scope) -> bool:
    return role in MANAGES[level_of(at)].held_by(level_of(at))


def _keep_an_administrator(member: Member, by: Actor) -> None:
    """Refuse that the last administrator goes, unless somebody above them takes the role away."""
    scope = member.scope
    if any(other.pk != member.pk for other in _administrators(scope)):
        return
    level = level_of(scope)
    above = by.kind == "system" or any(
        held != level and role in MANAGES[level].held_by(held) for held, role in roles_at(person_of(by), scope)
    )
    if scope is None or not above or by.id == member.person_id:
        raise Refused(_("This is the last administrator. Make somebody else administrator first."))


def _administrators(scope: Scope) -> QuerySet[Member]:
    """Return them locked, so that two who end each other's membership at the same moment cannot both succeed."""
    level = level_of(scope)
    held = Member.objects.filter(**columns_of(scope), role__in=MANAGES[level].held_by(level), person__is_active=True)
    return held.select_for_update(of=("self",))


def _lock(member: Member) -> Member:
    rows = Member.objects.select_for_update(of=("self",)).select_related("community", "partner", "person")
    row = rows.filter(pk=member.pk).first()
    if row is None:
        raise Conflict(_("This membership has ended already."))
    return row


def _withdraw_invitations(person: Person, *, by: Actor) -> None:
    """Take back what somebody sent who may not invite any more."""
    for invitation in Invitation.objects.waiting().filter(invited_by=person):
        if Role(invitation.role) not in grantable(person.actor, invitation.scope):
            take_back(invitation, by=by)
