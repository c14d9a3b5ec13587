"""The source that takeovers are: what another community offered, and this one accepted after its release, reaches the
accepting community's subscribers too, those whom it did not reach before."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Exists, F, OuterRef

from perron.audience.choices import ALERT
from perron.audience.matching import collecting, who_wants
from perron.audience.models import Channel
from perron.core.clock import now
from perron.delivery import releases
from perron.delivery.about import about
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.releases import LATEST
from perron.delivery.sources import Wanted
from perron.publishing.models import Item, Placement, Release
from perron.publishing.sharing.placing import showing

NAME = "takeover"
_ACCEPTED = Placement.State.ACCEPTED


def dispatch_takeovers() -> int:
    """Make a dispatch of each item that a community took over while it was news; return how many.

    Not before the release itself has been expanded: from then on it is known whom it reaches.
    """
    done = Dispatch.objects.filter(source=NAME, about=OuterRef("pk"))
    lately = Placement.objects.filter(state=_ACCEPTED, decided_at__gt=now() - LATEST).filter(~Exists(done))
    late = lately.filter(
        item__releases__at__lt=F("decided_at"),
        item__releases__at__gt=now() - LATEST,
        item__releases__dispatches__source=releases.NAME,
        item__releases__dispatches__expanded_at__isnull=False,
    )
    placements = late.select_related("item").distinct()[:500]
    made = [_dispatch(placement, told) for placement in placements if (told := _told(placement.item))]
    return len(Dispatch.objects.bulk_create(made, ignore_conflicts=True))


class Takeovers(releases.Releases):
    """What communities take over, for those who subscribe to them."""

    def wanted(self, dispatch: Dispatch, *, after: UUID | None, most: int) -> Sequence[Wanted]:
        """Return who subscribes to the accepting community, wants such an item, and gets it by no other community."""
        placement = Placement.objects.get(pk=dispatch.about)
        item = releases.release_of(dispatch).item
        communities = {item.community_id, *showing([item])}
        others = communities - {placement.community_id}
        what = about(item, communities)
        had = Delivery.stored.filter(dispatch__release__item=item).exclude(dispatch=dispatch)
        besides = [had.values("recipient_id"), collecting(others, what).values("recipient")]
        found = who_wants([placement.community_id], what, by=tuple(Channel), besides=besides, after=after, most=most)
        return releases.wanted_of(dispatch, found)

    def is_still_news(self, dispatch: Dispatch) -> bool:
        """Say whether it is still to be sent: not taken back by either side."""
        placed = Placement.objects.filter(pk=dispatch.about, state=_ACCEPTED)
        return super().is_still_news(dispatch) and placed.exists()


def _told(item: Item) -> Release | None:
    """Return the release that says what is so now; None where nothing is public."""
    if not item.is_public or item.released_edition is None:
        return None
    rows = Release.objects.filter(item=item).select_related("item").order_by("-at")
    if item.kind == ALERT:
        return rows.filter(edition=item.released_edition).exclude(what=Release.What.WITHDRAWN).first()
    return rows.filter(what=Release.What.RELEASED).first()


def _dispatch(placement: Placement, told: Release) -> Dispatch:
    made = releases.dispatch_of(told)
    made.source, made.about = NAME, placement.pk
    made.not_before = max(made.not_before, now())
    return made
