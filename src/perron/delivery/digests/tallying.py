"""How many readers were told of an item by their digest. What a digest says goes with its round, so the numbers are
kept with the first release of what it tells of (`Dispatch.digest_tally`), by round and what became of the messages."""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from perron.audience.matching import collecting
from perron.core.clock import now
from perron.delivery import releases
from perron.delivery.about import about
from perron.delivery.digests.collecting import LATEST, PERIOD, since_when
from perron.delivery.digests.model import Digest
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.tenancy.scope import as_program
from perron.publishing.models import Release

_State = Delivery.State

# By item: how many readers' digests of which round, in which state.
type Told = Mapping[UUID, Counter[tuple[UUID, str]]]


def note(told: Told) -> None:
    """Add these numbers to what is kept, in the transaction at hand. Of what has no dispatch there is no ledger."""
    rows = Dispatch.objects.filter(source=releases.NAME, release__what=Release.What.RELEASED, release__item__in=told)
    # Always in the same order: two workers that wait for each other's would wait for ever.
    found = rows.order_by("pk").select_for_update(of=("self",)).select_related("release")
    # Of an item that was released twice, the last release is the news.
    newest = {row.release.item_id: row for row in found if row.release}
    for item, row in newest.items():
        for (of_round, state), number in told[item].items():
            numbers = row.digest_tally.setdefault(str(of_round), {})
            numbers[state] = numbers.get(state, 0) + number
    Dispatch.objects.bulk_update(newest.values(), ["digest_tally"], batch_size=200)


@as_program
def by_digest(dispatch: Dispatch) -> Counter[str]:
    """Return how many readers are told of a release by their digest instead of at once, by `Delivery.State`: waiting
    are those whose digest is still to come too."""
    found: Counter[str] = Counter()
    if dispatch.source != releases.NAME or dispatch.release is None:
        return found
    open_rounds = set(
        map(str, Digest.stored.filter(dispatch__in=dispatch.digest_tally).values_list("dispatch", flat=True))
    )
    for of_round, numbers in dispatch.digest_tally.items():
        found.update({
            state: number
            for state, number in numbers.items()
            # Who was erased before their digest left is not waiting any more.
            if state != _State.WAITING or of_round in open_rounds
        })  # fmt: skip
    found[_State.WAITING] += _still_to_come(dispatch.release)
    return +found


def _still_to_come(release: Release) -> int:
    """Return for how many readers a release waits for their next digest."""
    item = release.item
    if release.what != Release.What.RELEASED or not item.is_public:
        return 0
    shown = since_when(item, release.at)
    here = Q(pk__in=[])
    for community, at in shown.items():
        rhythms = [rhythm for rhythm, period in PERIOD.items() if at > now() - period - LATEST]
        here |= Q(community=community, rhythm__in=rhythms, collected_since__lt=at, since__lt=at)
    sent = Dispatch.objects.filter(release__item=item).values("pk")
    had = Delivery.stored.filter(dispatch__in=sent, subject_id=OuterRef("recipient__subject_id"))
    rows = collecting(set(shown), about(item, set(shown))).filter(~Exists(had), here)
    return rows.values("recipient").distinct().count()
