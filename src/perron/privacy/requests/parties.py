"""Whom a request concerns besides the operator: controllers (GDPR arts 26, 28), and recipients to be told (art. 19)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy.acting import Actor
from perron.privacy.policy.current import policy
from perron.privacy.requests import proving, telling
from perron.privacy.requests.doing import lock, note, trace
from perron.privacy.requests.finding import subject_of
from perron.privacy.requests.holdings import activities_of
from perron.privacy.requests.permitting import Tenant, knowledge, may_handle
from perron.privacy.requests.tables import Kind, Party, Request

# What each recipient is told of (GDPR art. 19; for objection and withdrawal: whoever uses the data must stop, too).
TOLD_OF = {Kind.RECTIFICATION, Kind.ERASURE, Kind.RESTRICTION, Kind.OBJECTION, Kind.WITHDRAWAL}
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
    subject = subject_of(row)
    concerned = row.activities or (activities_of(subject) if subject else [])
    stated = policy().activities
    return [
        Answering(
            activity,
            stated[activity].role,
            knowledge().tenants(subject, activity) if subject else (),
        )
        for activity in concerned
        if activity in stated
    ]


def involve(row: Request) -> None:
    """Note the partners that decide, alone or with the operator, over what the request is about."""
    for answer in answering(row):
        if answer.role in _CAPACITIES:
            for tenant in answer.tenants:
                _party(row, _CAPACITIES[answer.role], "partner", tenant=tenant)


def undecided(row: Request) -> list[str]:
    """Return the partners that are controller of what the request is about and have not said what shall be done."""
    waiting = row.parties.filter(capacity=Party.Capacity.CONTROLLER, acknowledged_at=None)
    return [party.name for party in waiting]


def recipients_of(row: Request) -> list[str]:
    """Return the recipients that the policy names for the request's activities, and that must be told (art. 19)."""
    if row.kind not in TOLD_OF:
        return []
    stated = policy()
    concerned = [stated.activities[answer.activity] for answer in answering(row)]
    named = dict.fromkeys(recipient for activity in concerned for recipient in activity.recipients)
    return [recipient for recipient in named if stated.recipients[recipient].kind != "authority"]


def tell(request: Request, recipients: Iterable[str], *, by: Actor) -> list[Party]:
    """Note that these recipients of the policy have been told what was corrected, erased or restricted (art. 19).

    Partners get a letter besides. Raises `NotAllowed`; `Refused` for one that the policy does not name here.
    """
    with transaction.atomic():
        row = lock(request)
        _permit(row, by)
        possible = recipients_of(row)
        told = []
        for recipient in dict.fromkeys(recipients):
            if recipient not in possible:
                raise Refused(_("This request is not about data that “%(who)s” received.") % {"who": recipient[:40]})
            tenants: Sequence[Tenant | None] = (_tenants(row) if recipient == "partner" else []) or [None]
            told += [_party(row, Party.Capacity.RECIPIENT, recipient, tenant=tenant) for tenant in tenants]
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
        _permit(row, by)
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
        own = by.kind == "person" and by.id and party.tenant_id and knowledge().administers(by.id, party.tenant_id)
        if not own:
            _permit(row, by)
        found = Party.objects.select_for_update().get(pk=party.pk)
        if not found.told_at:
            raise Conflict(_("Nobody has told them yet."))
        if not found.acknowledged_at:
            found.acknowledged_at = now()
            found.save(update_fields=["acknowledged_at"])
            proving.add_parties(row)
            trace(row, "acknowledge", by=by, facts={"recipient": found.recipient})
    return found


def _permit(row: Request, by: Actor) -> None:
    if not may_handle(by, row):
        raise NotAllowed(_("This is not yours to do with this request."))


def _tenants(row: Request) -> list[Tenant]:
    found = {tenant.id: tenant for answer in answering(row) for tenant in answer.tenants}
    return list(found.values())


def _party(row: Request, capacity: Party.Capacity, recipient: str, *, tenant: Tenant | None) -> Party:
    name = tenant.name if tenant else policy().recipients[recipient].name
    own = {"tenant_id": tenant.id if tenant else None}
    party, _made = Party.objects.get_or_create(
        request=row, capacity=capacity, recipient=recipient, name=name, defaults=own
    )
    return party
