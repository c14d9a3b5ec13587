"""The agenda by day, week or month: of what is followed, or of one community."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.core.clock import BRUSSELS, next_midnight, today
from perron.publishing.models import Item
from perron.publishing.presenting import Story
from perron.reader import framing
from perron.reader.cards import made
from perron.reader.choices import Choice, chosen
from perron.reader.finding import communities_of, community_here
from perron.reader.merging import grouped
from perron.reader.periods import VIEWS, Period, View, asked, period
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import fetched, shown_by, upcoming

# More than any month of a platform has; a bound all the same.
MOST_ENTRIES = 5_000


@dataclass
class Entry:
    """One event on one day."""

    story: Story
    start: datetime
    end: datetime
    goes_on: bool
    # The slugs of all in whose agenda it stands, and the names of who else published it.
    places: list[str]
    also: list[str] = field(default_factory=list)

    def join(self, story: Story, places: Sequence[str]) -> None:
        """Name, with this event, another community that published the same."""
        self.places += places
        if story.community_name not in {self.story.community_name, *self.also}:
            self.also.append(story.community_name)

    @property
    def same_day(self) -> bool:
        """Whether it has an end worth showing beside its start: later, before the next morning."""
        return timedelta() < self.end - self.start < timedelta(hours=16)

    @property
    def until(self) -> date | None:
        """The last day of what lasts several days."""
        last = (self.end - timedelta(microseconds=1)).astimezone(BRUSSELS).date()
        return None if self.same_day or last <= self.start.astimezone(BRUSSELS).date() else last


@dataclass(frozen=True)
class Cell:
    """A day in the month's table."""

    day: date
    inside: bool
    count: int


@at_the_edge("view", "date")
def agenda(request: HttpRequest, language: str) -> HttpResponse:
    """Show the agenda of the choice in the address, or of the whole platform."""
    platform = platform_of(request)
    choice = chosen(request, platform)
    communities = list(choice.communities) or communities_of(platform)
    shown = asked(request)
    response = framing.page(
        request,
        "reader/agenda.html",
        platform=platform,
        fictional=framing.any_fictional(communities),
        indexed="date" not in request.GET,
        counts_as="agenda",
        context=_context(shown, communities, language, choice) | {"choice": choice},
    )
    if set(request.GET) - {"view", "date"}:
        return framing.private(response)
    keys = [versions.of_platform(platform), *map(versions.of_community, communities)]
    return public(response, on=keys, until=next_midnight())


@at_the_edge("view", "date")
def community_agenda(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show a community's agenda."""
    platform = platform_of(request)
    found = community_here(community, platform)
    shown = asked(request)
    response = framing.page(
        request,
        "reader/agenda.html",
        platform=platform,
        fictional=found.fictional,
        community=found,
        indexed="date" not in request.GET,
        counts_as=f"agenda:{found.pk}",
        context=_context(shown, [found], language) | {"community": found, "name": found.name_in(language)},
    )
    keys = [versions.of_platform(platform), versions.of_community(found)]
    return public(response, on=keys, until=next_midnight())


def _context(
    shown: Period, communities: Sequence[Community], language: str, choice: Choice | None = None
) -> dict[str, Any]:
    entries = _entries(shown, communities, language, choice.topics if choice else ())
    # From another view, the day that matters is today if it is in what is shown, else the first day.
    day = today() if shown.first <= today() <= shown.last else shown.first
    return {
        "tab": "agenda",
        "period": shown,
        "today": today(),
        "midnight": next_midnight(),
        "days": [(day, entries[day]) for day in shown.days if day in entries],
        "weeks": [
            [Cell(day, day.month == shown.first.month, len(entries.get(day, ()))) for day in week]
            for week in (shown.weeks if shown.view == "month" else ())
        ],
        "views": [(view, VIEWS[view], _address(view, day, choice)) for view in VIEWS],
        "before": shown.before and _address(shown.view, shown.before, choice),
        "after": shown.after and _address(shown.view, shown.after, choice),
    }


def _address(view: View, day: date, choice: Choice | None) -> str:
    own = "" if period(view, day) == period(view, today()) else f"&date={day}"
    rest = f"&{choice.query.removeprefix('?')}" if choice else ""
    return f"?view={view}{own}{rest}"


def _entries(
    shown: Period, communities: Sequence[Community], language: str, topics: Sequence[str]
) -> dict[date, list[Entry]]:
    times = upcoming(communities, shown.start, shown.end, most=MOST_ENTRIES)
    items = Item.objects.released().filter(pk__in=times)
    if topics:
        items = items.filter(Q(topics__slug__in=topics) | Q(topics=None)).distinct()
    rows = fetched(items, communities, times)
    entries: dict[date, list[Entry]] = {}
    seen: dict[tuple[UUID, datetime], Entry] = {}
    cards = made(rows, language)
    stands = grouped([(card.story, card.same) for card in cards])
    others = shown_by([row.item for row in rows])
    for card in sorted(cards, key=lambda card: (card.story.published_at, card.story.id)):
        one = stands[card.story.id]
        places = [card.story.community.slug, *others.get(card.story.id, ())]
        for start, end in times[card.story.id]:
            if known := seen.get((one.id, start)):
                known.join(card.story, places)
                continue
            first = start.astimezone(BRUSSELS).date()
            if end > shown.start or first >= shown.first:
                entry = Entry(card.story, start, end, first < shown.first, places)
                seen[one.id, start] = entry
                entries.setdefault(max(first, shown.first), []).append(entry)
    for day in entries.values():
        day.sort(key=lambda entry: (entry.goes_on, not entry.story.details.all_day, entry.start, entry.story.title))
    return entries
