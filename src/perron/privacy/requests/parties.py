"""Whom a request concerns besides the operator: controllers (GDPR arts 26, 28), and recipients to be told (art. 19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict, Refused
from perron.privacy.acting import Actor
from perron.privacy.policy.current import policy
from perron.privacy.requests import proving, telling
from perron.privacy.requests.doing import lock, note, trace
from perron.privacy.requests.finding import subjects_of
from perron.privacy.requests.holdings import activities_of
from perron.privacy.requests.permitting import Tenant, knowledge, permit_handling
from perron.privacy.requests.tables import Kind, Party, Request
from perron.privacy.subjects import Subject

# What each recipient is told of (GDPR art. 19; for objection and withdrawal: whoever uses the data must stop, too).
TOLD_OF = {Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION, Kind.OBJECTION, Kind.WITHDRAWAL}
_ART_19 = {Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION}
_CAPACITIES = {"joint": Party.Capacity.JOINT, "processor": Party.Capacity.CONTROLLER}


@dataclass(frozen=True)
class Answering:
    """Who answers for one activity: `role` is the operator's in it, `tenants` the partners concerned."""

    activity: str
    role: str
    tenants: Sequence[Tenant]


def answering(row: Request) -> list[Answering]:
    """Return, for each activity that the request is about, who answers (GDPR arts 12, 26(3), 28(3)(e)).

    The operator answers as controller; as joint controller either does and tells the other; as processor the partner
    answers and the operator assists.
    """
    subjects = subjects_of(row)
    stated = policy().activities
    return [
        Answering(activity, stated[activity].role, _tenants_of(subjects, activity))
        for activity in row.activities or activities_of(subjects)
        if activity in stated
    ]


def involve(row: Request) -> None:
    """Note the partners that decide, alone or with the operator, over what the request is about."""
    for answer in answering(row):
        if answer.role in _CAPACITIES:
            for tenant in answer.tenants:
                _party(row, _CAPACITIES[answer.role], "partner", tenant=tenant)


def shared_with_partners() -> list[str]:
    """Return the policy's activities over which partners decide, alone or with the operator."""
    stated = policy().activities.values()
    return [each.id for each in stated if each.role in _CAPACITIES and each.counterpart == "partner"]


def join(row: Request, tenant: Tenant) -> None:
    """Note the partner at which a request came in: it knows, and decides still where it is the controller alone."""
    stated = policy().activities
    for capacity in {_CAPACITIES[stated[activity].role] for activity in row.activities}:
        party = _party(row, capacity, "partner", tenant=tenant)
        party.told_at = now()
        party.acknowledged_at = now() if capacity == Party.Capacity.JOINT else None
        party.save(update_fields=["told_at", "acknowledged_at"])


def undecided(row: Request) -> list[str]:
    """Return the partners that are controller of what the request is about and have not said what shall be done."""
    waiting = row.parties.filter(capacity=Party.Capacity.CONTROLLER, acknowledged_at=None)
    return [party.name for party in waiting]


def recipients_of(row: Request) -> list[str]:
    """Return the recipients that the policy names for the request's activities, and that must be told (art. 19)."""
    if row.kind not in TOLD_OF:
        return []
    return _recipients([answer.activity for answer in answering(row)])


def expect_recipients(row: Request) -> None:
    """Note who must be told of what is about to be done (art. 19): after an erasure nothing says any more who had data.

    Partners get their letter at once; the others are told by staff.
    """
    if row.kind not in _ART_19:
        return
    held = set(activities_of(subjects_of(row)))
    for recipient in _recipients([answer.activity for answer in answering(row) if answer.activity in held]):
        for party in _receiving(row, recipient):
            if party.told_at is None and telling.tenant(row, party):
                party.told_at = now()
                party.save(update_fields=["told_at"])


def tell(request: Request, recipients: Iterable[str], *, by: Actor) -> list[Party]:
    """Note that these recipients of the policy have been told what was corrected, erased or restricted (art. 19).

    Partners get a letter besides. Raises `NotAllowed`; `Refused` for one that the policy does not name here.
    """
    with transaction.atomic():
        row = lock(request)
        permit_handling(by, row)
        possible = recipients_of(row)
        told: list[Party] = []
        for recipient in dict.fromkeys(recipients):
            if recipient not in possible:
                raise Refused(_("This request is not about data that “%(who)s” received.") % {"who": recipient[:40]})
            told += _receiving(row, recipient)
        for party in told:
            if party.told_at is None:
                telling.tenant(row, party)
                party.told_at = now()
                party.save(update_fields=["told_at"])
        if told:
            note(row, "tell_recipients", by=by, words=", ".join(map(str, told)), internal=True)
            proving.add_parties(row)
            trace(row, "tell_recipients", by=by, facts={"recipients": ",".join(party.recipient for party in told)})
    return told


def tell_by_hand(party: Party, *, by: Actor) -> Party:
    """Note that staff told a partner which gets no letter: it has no administrator here. Raises `NotAllowed`."""
    with transaction.atomic():
        row = lock(party.request)
        permit_handling(by, row)
        found = Party.objects.select_for_update().get(pk=party.pk)
        if found.told_at is None:
            found.told_at = now()
            found.save(update_fields=["told_at"])
            proving.add_parties(row)
            trace(row, "tell_partner", by=by, facts={"recipient": found.recipient})
    return found


def acknowledge(party: Party, *, by: Actor) -> Party:
    """Note that a party has confirmed that it knows, and did its part. Raises `NotAllowed`, `Conflict`."""
    with transaction.atomic():
        row = lock(party.request)
        own = by.kind == "person" and by.id and party.tenant_id and knowledge().answers_for(by.id, party.tenant_id)
        if not own:
            permit_handling(by, row)
        found = Party.objects.select_for_update().get(pk=party.pk)
        if not found.told_at:
            raise Conflict(_("Nobody has told them yet."))
        if not found.acknowledged_at:
            found.acknowledged_at = now()
            found.save(update_fields=["acknowledged_at"])
            proving.add_parties(row)
            trace(row, "acknowledge", by=by, facts={"recipient": found.recipient})
    return found


def _recipients(activities: Iterable[str]) -> list[str]:
    stated = policy()
    named = dict.fromkeys(each for activity in activities for each in stated.activities[activity].recipients)
    return [recipient for recipient in named if stated.recipients[recipient].kind != "authority"]


def _tenants_of(subjects: Sequence[Subject], activity: str) -> list[Tenant]:
    return list(dict.fromkeys(tenant for each in subjects for tenant in knowledge().tenants(each, activity)))


def _tenants(row: Request) -> list[Tenant]:
    found = {tenant.id: tenant for answer in answering(row) for tenant in answer.tenants}
    return list(found.values())


def _receiving(row: Request, recipient: str) -> list[Party]:
    tenants: Sequence[Tenant | None] = (_tenants(row) if recipient == "partner" else []) or [None]
    return [_party(row, Party.Capacity.RECIPIENT, recipient, tenant=tenant) for tenant in tenants]


def _party(row: Request, capacity: Party.Capacity, recipient: str, *, tenant: Tenant | None) -> Party:
    name = tenant.name if tenant else policy().recipients[recipient].name
    own = {"tenant_id": tenant.id if tenant else None}
    party, _made = Party.objects.get_or_create(
        request=row, capacity=capacity, recipient=recipient, name=name, defaults=own
    )
    return party
