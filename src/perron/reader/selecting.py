"""Which items a feed shows: the newest, and whatever older ones still matter today."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, F, Q, Value, When

from perron.communities.models import Community
from perron.core.clock import next_midnight, now
from perron.publishing.card_parts import CardParts, fetch_card_parts
from perron.publishing.models import Item, ItemQuerySet, Occurrence, Placement
from perron.publishing.sharing.placing import placed_in

NEWEST = 40
# How far ahead the events of a feed go, and how many more items than the newest there can be: a document that a
# phone fetches stays small however much a community publishes. The agenda and the community's page have the rest.
WEEKS_AHEAD = timedelta(weeks=6)
MOST_CURRENT = 12
MOST_TIMES = 400

# Where an imported item comes from, fetched beside it: it may tell that two are one story.
_ORIGIN = ("source", "identifier", "url")

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
    live alerts, what is pinned, then the next events, then works and deadlines that end first. `topics` (slugs) keeps
    only items about one of them; alerts and what has no topic concern everybody. `only_now` keeps, of what is older
    than the newest, only live alerts, what is pinned and today's events."""
    moment = now()
    public = Item.objects.released(moment)
    if wanted := set(topics):
        public = public.filter(Q(topics__slug__in=wanted) | Q(topics=None) | Q(kind="alert")).distinct()
    times = upcoming(communities, moment, next_midnight(moment) if only_now else moment + WEEKS_AHEAD)
    keys = newest_keys(public, communities, newest)
    if len(keys) == newest:
        # Asked in two steps: an OR of both conditions would walk through everything that was ever published.
        alerts, pinned, others = _mattering(communities, moment, only_now=only_now)
        newer = set(keys)
        keys += [pk for pk in dict.fromkeys([*alerts, *pinned, *times, *others]) if pk not in newer][:MOST_CURRENT]
    return fetched(public.filter(pk__in=keys), communities, times)


def newest(items: ItemQuerySet, community: Community, most: int, *, skip: int = 0) -> list[Selected]:
    """Return at most `most` of these public items that a community shows, latest first, after the first `skip`."""
    keys = newest_keys(items, [community], most, skip=skip)
    return fetched(items.filter(pk__in=keys), [community])


def newest_keys(items: ItemQuerySet, communities: Sequence[Community], most: int, *, skip: int = 0) -> list[UUID]:
    """Return which of these items come first, among those of the communities and those that they show of others.

    Each half is read by its index, as far as the page reaches: their union would have to be sorted whole.
    """
    halves = (items.filter(community__in=communities), placed_in(items, communities))
    found: dict[UUID, Any] = {}
    for half in halves:
        found.update(half.newest_first().values_list("pk", "published_at")[: skip + most])
    keys = sorted(found, key=lambda key: (found[key], key), reverse=True)
    return keys[skip : skip + most]


def shown(items: ItemQuerySet, communities: Sequence[Community], *columns: str) -> Any:
    """Return columns of these items, of the communities and of what they show of others: to be ordered and cut."""
    of_others = placed_in(items, communities).values_list(*columns)
    return items.filter(community__in=communities).values_list(*columns).union(of_others)


def origin_of(item: Item) -> tuple[str, str, str]:
    """Return the source, identifier and link of the entry that a selected item comes from; "" for what is not there."""
    source, identifier, url = (getattr(item, f"from_{column}", None) or "" for column in _ORIGIN)
    return source, identifier, url


def _mattering(
    communities: Sequence[Community], moment: datetime, *, only_now: bool
) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """Return the alerts in force, what is pinned, and works and deadlines, each with what ends first in front."""
    items = Item.objects.filter(matters_until__gt=moment).annotate(rank=Case(When(kind="alert", then=0), default=2))
    if only_now:
        items = items.filter(kind="alert")
    # A community pins what it wrote itself.
    pinned = Item.objects.pinned(moment).filter(community__in=communities).annotate(rank=Value(1))
    rows = shown(items, communities, "pk", "rank", "matters_until")
    rows = rows.union(pinned.values_list("pk", "rank", "pinned_until")).order_by("rank", "matters_until")
    found: tuple[list[UUID], list[UUID], list[UUID]] = ([], [], [])
    for key, rank, _until in rows[: 2 * MOST_CURRENT]:
        found[rank].append(key)
    return found


def fetched(
    items: ItemQuerySet, communities: Sequence[Community], times: Mapping[UUID, Sequence[Span]] | None = None
) -> list[Selected]:
    """Return what the cards of these items show; without `times`, with all times at which events still take place."""
    origin = {f"from_{column}": F(f"origin__{column}") for column in _ORIGIN}
    rows = list(items.newest_first().with_details().annotate(**origin))
    parts = fetch_card_parts(rows, communities)
    if times is None:
        times = upcoming_of(rows)
    return [Selected(item, parts[item.pk], tuple(times.get(item.pk, ()))) for item in rows]


def upcoming(
    communities: Sequence[Community], since: datetime, until: datetime, *, most: int = MOST_TIMES
) -> dict[UUID, list[Span]]:
    """Return, by item, the first `most` times at which released events take place between two moments, in order."""
    within = Occurrence.objects.filter(
        starts_at__lt=until, ends_at__gte=since, starts_at__gte=since - timedelta(days=366)
    ).values_list("item_id", "starts_at", "ends_at")
    of_others = within.filter(item__in=placed_in(Item.objects.all(), communities))
    rows = within.filter(community__in=communities).union(of_others).order_by("starts_at", "item_id")[:most]
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


def shown_by(items: Sequence[Item]) -> dict[UUID, list[str]]:
    """Return, by item, the slugs of the communities that show it beside its own."""
    accepted = Placement.objects.filter(item__in=items, state=Placement.State.ACCEPTED)
    slugs: dict[UUID, list[str]] = {}
    for item, slug in accepted.values_list("item_id", "community__slug"):
        slugs.setdefault(item, []).append(slug)
    return slugs


def live_alerts(community: Community) -> list[Selected]:
    """Return the alerts in force that a community shows, latest first."""
    moment = now()
    live = Item.objects.released(moment).filter(
        kind="alert", alertdetails__effective_at__lte=moment, alertdetails__ends_at__gt=moment
    )
    return fetched(live.filter(pk__in=newest_keys(live, [community], MOST_CURRENT)), [community])


def next_alert(community: Community) -> datetime | None:
    """Return when the next alert that a community shows comes into force that was released ahead of its time."""
    ahead = Item.objects.released().filter(kind="alert", alertdetails__effective_at__gt=now())
    first = shown(ahead, [community], "alertdetails__effective_at").order_by("alertdetails__effective_at").first()
    return first[0] if first else None
