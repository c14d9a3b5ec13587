"""What is new for those who want digests: each item once, by the subscription that came first to it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from perron.audience.choices import ALERT, About, Rhythm, choice_of, wants
from perron.audience.models import Subscription
from perron.delivery.about import about
from perron.delivery.models import Delivery
from perron.publishing.models import Item, Placement, Release

# What was published longer before it was collected, or before a community took it over, is no news any more.
LATEST = timedelta(days=2)
PERIOD = {Rhythm.AT_ONCE: timedelta(days=1), Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}
# What an import dates back further is no news either.
_OLDEST_NEWS = timedelta(days=1)

# By community, the items of its digest.
type Contents = dict[UUID, list[UUID]]
# Since when somebody could know of it, whether only weekly, and by which subscription.
type Found = tuple[datetime, bool, Subscription]


@dataclass(frozen=True, slots=True)
class Shown:
    """An item that a community shows since then."""

    at: datetime
    item: UUID


def new_for(subscriptions: Sequence[Subscription], due: Collection[UUID], until: datetime) -> dict[UUID, Contents]:
    """Return by recipient what is new until then, by the subscriptions that are `due` (their keys).

    `subscriptions` are all that collect, of whole recipients: what two of them bring is told by the one that came
    first to it. Who was sent something at once is not told of it again.
    """
    starts = {row.pk: _start(row, until) for row in subscriptions}
    since = min(starts.values(), default=until)
    communities = {row.community_id for row in subscriptions}
    shown, abouts = _shown(communities, since - LATEST, until)
    found: dict[UUID, dict[UUID, Found]] = defaultdict(dict)
    wanted: dict[tuple[UUID, str, str, str], list[Shown]] = {}
    for row in subscriptions:
        key = (row.community_id, row.kinds, row.topics, row.areas)
        if key not in wanted:
            choice = choice_of(row)
            wanted[key] = [one for one in shown[row.community_id] if wants(choice, abouts[one.item], row.community_id)]
        for one in wanted[key]:
            if one.at > row.since:
                rank = (one.at, row.rhythm == Rhythm.WEEKLY, row)
                before = found[row.recipient_id].get(one.item)
                if before is None or rank[:2] < before[:2]:
                    found[row.recipient_id][one.item] = rank
    had = _had(subscriptions, {item for items in found.values() for item in items})
    return {
        recipient: contents
        for recipient, items in found.items()
        if (contents := _by_community(recipient, items, due, starts, had))
    }


def since_when(item: Item, released: datetime) -> dict[UUID, datetime]:
    """Return which communities show an item, and since when, as far as it is news for their digests."""
    if not _is_news(item, released):
        return {}
    accepted = Placement.objects.filter(item=item, state=Placement.State.ACCEPTED)
    later = _later(accepted.values_list("item", "community", "decided_at"), {item.pk: released})
    return {item.community_id: released} | {community: at for _item, community, at in later}


def _start(row: Subscription, until: datetime) -> datetime:
    assert row.collected_since, "only those that collect"
    return max(row.collected_since, until - PERIOD[Rhythm(row.rhythm)] - LATEST)


def _by_community(
    recipient: UUID,
    items: Mapping[UUID, Found],
    due: Collection[UUID],
    starts: Mapping[UUID, datetime],
    had: Collection[tuple[UUID, UUID]],
) -> Contents:
    """Return the items that are due, the newest first."""
    contents: Contents = {}
    for item, (at, _rank, row) in sorted(items.items(), key=lambda found: found[1][:2], reverse=True):
        if row.pk in due and at > starts[row.pk] and (recipient, item) not in had:
            contents.setdefault(row.community_id, []).append(item)
    return contents


def _shown(
    communities: Collection[UUID], since: datetime, until: datetime
) -> tuple[dict[UUID, list[Shown]], dict[UUID, About]]:
    """Return what these communities began to show within a span, and what it is about. Alerts are never collected."""
    news = Release.objects.filter(
        ~Q(item__kind=ALERT), what=Release.What.RELEASED, at__gt=since - LATEST, at__lte=until
    )
    accepted = Placement.objects.filter(community__in=communities, state=Placement.State.ACCEPTED)
    places = list(accepted.filter(item__in=news.values("item")).values_list("item", "community", "decided_at"))
    of_others = {item for item, _community, _at in places}
    released: dict[UUID, datetime] = {}
    own: list[tuple[UUID, UUID, datetime]] = []
    rows = news.filter(Q(community__in=communities) | Q(item__in=of_others)).order_by("at")
    for item, community, at in rows.values_list("item", "community", "at"):
        released[item] = at
        own.append((item, community, at))
    items = Item.objects.released().filter(pk__in=released).prefetch_related("topics", "areas").in_bulk()
    shown: dict[UUID, list[Shown]] = defaultdict(list)
    for item, community, at in [*own, *_later(places, released)]:
        if item in items and since < at <= until and _is_news(items[item], released[item]):
            shown[community].append(Shown(at, item))
    showing: dict[UUID, set[UUID]] = defaultdict(set)
    for community, ones in shown.items():
        for one in ones:
            showing[one.item].add(community)
    return shown, {item: about(items[item], where) for item, where in showing.items()}


def _later(
    places: Iterable[tuple[UUID, UUID, datetime | None]], released: Mapping[UUID, datetime]
) -> Iterable[tuple[UUID, UUID, datetime]]:
    """Yield since when communities show what others wrote, if they took it over while it was news."""
    for item, community, decided in places:
        if decided and item in released and decided - released[item] <= LATEST:
            yield item, community, max(decided, released[item])


def _is_news(item: Item, released: datetime) -> bool:
    return item.published_at is None or item.published_at >= released - _OLDEST_NEWS


def _had(subscriptions: Iterable[Subscription], items: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Return which recipients were sent which of these items at once."""
    readers = {row.recipient_id for row in subscriptions}
    rows = Delivery.stored.filter(recipient_id__in=readers, dispatch__release__item__in=items)
    return set(rows.values_list("recipient_id", "dispatch__release__item"))
