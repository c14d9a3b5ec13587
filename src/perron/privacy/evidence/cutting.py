"""Evidence leaves too: once the details have gone by the policy's clock, the beginning of the chain is cut off."""

from datetime import timedelta

from django.db import transaction

from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.evidence import chain
from perron.privacy.evidence.recording import add, locked_head
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.policy.current import policy

CUT = "cut"
_BATCH = 5_000
# Each cut is an entry itself: cutting every day would keep as many entries as it removes.
_AT_ONCE = timedelta(days=31)


def cut() -> int:
    """Remove the oldest entries whose time is over and whose details have left, and return how many. Run daily.

    The head then remembers the last one as the anchor that the chain follows, and an entry says so.
    """
    period = policy().retention(Activity.RIGHTS, "request_closed").period
    if period is None:
        return 0
    limit = period.before(now())
    if not EvidenceEntry.objects.filter(at__lt=chain.moment(limit - _AT_ONCE)).exists():
        return 0
    removed = 0
    while some := _cut_some(chain.moment(limit)):
        removed += some
    return removed


def about_cut(through: int, last_hash: str) -> str:
    """Return, as a detail holds it, what is recorded of a cut."""
    return chain.canonical(_about(through, last_hash))


@transaction.atomic
def _cut_some(limit: str) -> int:
    head = locked_head()
    through = min(_last_to_leave(limit), head.anchor_sequence + _BATCH)
    if through <= head.anchor_sequence:
        return 0
    last = EvidenceEntry.objects.get(sequence=through)
    add(head, CUT, None, by=SYSTEM, about=_about(through, last.hash))
    removed = through - head.anchor_sequence
    head.anchor_sequence, head.anchor_hash = through, last.hash
    head.save()
    EvidenceEntry.objects.filter(sequence__lte=through).delete()
    return removed


def _last_to_leave(limit: str) -> int:
    """Return the entry before the first that must stay: too young, or with its detail still there."""
    young = EvidenceEntry.objects.filter(at__gte=limit).order_by("sequence").values_list("sequence", flat=True).first()
    kept = EvidenceDetail.objects.order_by("sequence").values_list("sequence", flat=True).first()
    end = EvidenceHead.objects.values_list("sequence", flat=True).get(pk=1) + 1
    return min(young or end, kept or end) - 1


def _about(through: int, last_hash: str) -> dict[str, chain.JSON]:
    return {"through": through, "hash": last_hash}
