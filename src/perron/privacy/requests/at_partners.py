"""Requests as a partner reads and answers them: those that concern it, as controller, with the operator, or art. 19."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Refused
from perron.privacy.acting import Actor
from perron.privacy.requests import proving, telling
from perron.privacy.requests.doing import lock, note, trace
from perron.privacy.requests.permitting import Tenant, permit_partner
from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Party, Request

SAID = "partner_says"
_LONGEST = 10_000


@dataclass(frozen=True)
class AtPartner:
    """One request and what the partner is in it; a `recipient` reads no more than whose data it is about."""

    request: Request
    parties: list[Party]

    @property
    def reads_all(self) -> bool:
        """Whether the partner is controller, alone or with the operator."""
        return any(party.capacity != Party.Capacity.RECIPIENT for party in self.parties)

    @property
    def to_decide(self) -> bool:
        """Whether the operator waits for what the partner, as controller, decides."""
        return any(party.capacity == Party.Capacity.CONTROLLER and not party.acknowledged_at for party in self.parties)

    @property
    def to_acknowledge(self) -> list[Party]:
        """What the partner has not confirmed yet; a controller does so by saying what shall be done."""
        others = [party for party in self.parties if party.capacity != Party.Capacity.CONTROLLER]
        return [party for party in others if not party.acknowledged_at]


def concerning(partner: UUID) -> QuerySet[Request]:
    """Return the requests that concern a partner and are known to it: open ones first, the most urgent first."""
    told = Party.objects.filter(request=OuterRef("pk"), tenant_id=partner, told_at__isnull=False)
    return Request.objects.filter(Exists(told)).order_by("-closed_at", "due_on")


def of_partner(partner: UUID, reference: str) -> AtPartner | None:
    """Return one of them; None where it does not concern the partner, or has left."""
    row = concerning(partner).filter(reference=reference).first()
    return AtPartner(row, list(row.parties.filter(tenant_id=partner, told_at__isnull=False))) if row else None


def say(request: Request, words: str, *, by: Actor, tenant: Tenant) -> None:
    """Tell the operator, as the partner, what shall be done or what was done; whoever is controller has decided by it.

    The words stay among staff. Raises `NotAllowed`, `Refused`.
    """
    permit_partner(by, tenant.id)
    words = words.strip()
    if not words or len(words) > _LONGEST or "\0" in words:
        raise Refused(_("Write what shall be done, in at most %(number)d characters.") % {"number": _LONGEST})
    with transaction.atomic():
        row = lock(request)
        concerned = Party.objects.select_for_update().filter(request=row, tenant_id=tenant.id)
        if not concerned:
            raise Refused(_("This request does not concern you."))
        concerned.filter(acknowledged_at=None).update(acknowledged_at=now())
        note(row, SAID, by=by, words=words, internal=True)
        proving.add_parties(row)
        if row.state in OPEN:
            telling.staff(row, "request-partner-said", partner=tenant.name)
        trace(row, SAID, by=by)
