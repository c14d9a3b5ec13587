"""Which items a feed shows: the newest, and whatever older ones still matter today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Min, Q

from perron.communities.models import Community
from perron.core.clock import next_midnight, now
from perron.publishing.card_parts import CardParts, fetch_card_parts
from perron.publishing.models import Item, Occurrence

NEWEST = 40
# How far ahead the events of a feed go, and how many more items than the newest there can be: a document that a
# phone fetches stays small however much a community publishes. The agenda and the community's page have the rest.
WEEKS_AHEAD = timedelta(weeks=6)
MOST_CURRENT = 12
MOST_TIMES = 400

type Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Selected:
    """An item fetched `with_details()`, what its card shows beside, and its next times (of an event), in order."""

    item: Item
    parts: CardParts
    times: tuple[Span, ...] = ()


def feed(
    communities: Sequence[Community], *, newest: int = NEWEST, topics: Iterable[str] = (), only_now: bool = False
) -> list[Selected]:
    """Return the newest items of these communities, latest first, and of the older ones what matters most now:
    live alerts, then the next events, then works and deadlines that end first. `topics` (slugs) keeps only items
    about one of them; alerts and what has no topic concern everybody. `only_now` keeps, of what is older than the
    newest, only live alerts and today's events."""
    moment = now()
    public = Item.objects.released(moment).filter(community__in=communities)
    if wanted := set(topics):
        public = public.filter(Q(topics__slug__in=wanted) | Q(topics=None) | Q(kind="alert")).distinct()
    times = upcoming(communities, moment, next_midnight(moment) if only_now else moment + WEEKS_AHEAD)
    rows = list(public.newest_first().with_details()[:newest])
    if len(rows) == newest:
        # Asked in two steps: an OR of both conditions would walk through everything that was ever published.
        mattering = Item.objects.filter(community__in=communities, matters_until__gt=moment).order_by("matters_until")
        alerts = mattering.filter(kind="alert").values_list("pk", flat=True)[:MOST_CURRENT]
        others = () if only_now else mattering.exclude(kind="alert").values_list("pk", flat=True)[:MOST_CURRENT]
        newer = {item.pk for item in rows}
        older = [pk for pk in dict.fromkeys([*alerts, *times, *others]) if pk not in newer]
        rows += public.filter(pk__in=older[:MOST_CURRENT]).newest_first().with_details()
    parts = fetch_card_parts(rows, communities)
    return [Selected(item, parts[item.pk], tuple(times.get(item.pk, ()))) for item in rows]


def upcoming(
    communities: Sequence[Community], since: datetime, until: datetime, *, most: int = MOST_TIMES
) -> dict[UUID, list[Span]]:
    """Return, by item, the first `most` times at which released events take place between two moments, in order."""
    rows = (
        Occurrence.objects.filter(community__in=communities, starts_at__lt=until, ends_at__gte=since)
        .filter(starts_at__gte=since - timedelta(days=366))
        .order_by("starts_at", "pk")
        .values_list("item_id", "starts_at", "ends_at")[:most]
    )
    times: dict[UUID, list[Span]] = {}
    for item, start, end in rows:
        times.setdefault(item, []).append((start, end))
    return times


def next_times(item: Item) -> tuple[Span, ...]:
    """Return the times at which an event still takes place, in order; nothing for other kinds."""
    rows = item.occurrences.filter(ends_at__gte=now()).order_by("starts_at").values_list("starts_at", "ends_at")
    return tuple(rows[:MOST_TIMES]) if item.kind == "event" else ()


def upcoming_of(items: Sequence[Item]) -> dict[UUID, tuple[Span, ...]]:
    """Return, by item, the times at which these events still take place, in order."""
    rows = Occurrence.objects.filter(item__in=[item for item in items if item.kind == "event"], ends_at__gte=now())
    times: dict[UUID, list[Span]] = {}
    for item, start, end in rows.order_by("starts_at").values_list("item_id", "starts_at", "ends_at")[:MOST_TIMES]:
        times.setdefault(item, []).append((start, end))
    return {item: tuple(spans) for item, spans in times.items()}


def live_alerts(community: Community) -> list[Selected]:
    """Return the alerts in force of one community, latest first."""
    moment = now()
    live = Item.objects.released(moment).filter(
        community=community, kind="alert", alertdetails__effective_at__lte=moment, alertdetails__ends_at__gt=moment
    )
    rows = list(live.newest_first().with_details()[:MOST_CURRENT])
    parts = fetch_card_parts(rows, [community])
    return [Selected(item, parts[item.pk]) for item in rows]


def next_alert(community: Community) -> datetime | None:
    """Return when the next alert of a community comes into force that was released ahead of its time."""
    ahead = Item.objects.released().filter(community=community, kind="alert", alertdetails__effective_at__gt=now())
    moment: datetime | None = ahead.aggregate(first=Min("alertdetails__effective_at"))["first"]
    return moment
