"""What goes out when, and what ends when: the community's schedule."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import QuerySet

from perron.communities.models import Community
from perron.core.clock import BRUSSELS
from perron.publishing.models import Item

_MOST = 500


class What(StrEnum):
    """What happens to the item at its moment."""

    GOES_OUT = "goes out"
    ENDS = "ends"
    ALERT_ENDS = "alert ends"
    UNPINNED = "unpinned"


@dataclass(frozen=True)
class Planned:
    """Something that happens by itself to an item."""

    at: datetime
    what: What
    item: Item

    @property
    def day(self) -> date:
        """The day in Brussels on which it happens."""
        return self.at.astimezone(BRUSSELS).date()


def planned(community: Community, since: datetime, until: datetime) -> list[Planned]:
    """Return what happens by itself from `since` until before `until`, in order; at most 500 of each sort."""
    return sorted(_planned(community, since, until), key=lambda each: (each.at, each.what, each.item.pk))


def _planned(community: Community, since: datetime, until: datetime) -> Iterator[Planned]:
    items = Item.objects.filter(community=community)
    scheduled = items.filter(state=Item.State.SCHEDULED, release_at__gte=since, release_at__lt=until)
    for item in _few(scheduled, "release_at"):
        assert item.release_at
        yield Planned(item.release_at, What.GOES_OUT, item)
    public = items.filter(state=Item.State.RELEASED)
    for item in _few(public.filter(expires_at__gte=since, expires_at__lt=until), "expires_at"):
        assert item.expires_at
        yield Planned(item.expires_at, What.ENDS, item)
    alerts = public.filter(kind="alert", matters_until__gte=since, matters_until__lt=until)
    for item in _few(public.filter(pinned_until__gte=since, pinned_until__lt=until), "pinned_until"):
        assert item.pinned_until
        yield Planned(item.pinned_until, What.UNPINNED, item)
    for item in _few(alerts, "matters_until"):
        assert item.matters_until
        yield Planned(item.matters_until, What.ALERT_ENDS, item)


def _few(items: "QuerySet[Item]", by: str) -> "QuerySet[Item]":
    return items.order_by(by, "pk")[:_MOST]
