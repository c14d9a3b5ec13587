"""The agenda by day, week or month: of what is followed, or of one community."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.core.clock import BRUSSELS, next_midnight, today
from perron.publishing.card_parts import fetch_card_parts
from perron.publishing.models import Item
from perron.publishing.presenting import Story, present_card
from perron.reader import framing
from perron.reader.choices import Choice, chosen
from perron.reader.finding import communities_of, community_here
from perron.reader.periods import VIEWS, Period, View, asked, period
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import upcoming

# More than any month of a platform has; a bound all the same.
MOST_ENTRIES = 5_000


@dataclass(frozen=True)
class Entry:
    """One event on one day."""

    story: Story
    start: datetime
    end: datetime
    goes_on: bool

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
    items = Item.objects.released().filter(pk__in=times).with_details()
    if topics:
        items = items.filter(Q(topics__slug__in=topics) | Q(topics=None)).distinct()
    rows = list(items)
    parts = fetch_card_parts(rows, communities)
    entries: dict[date, list[Entry]] = {}
    for row in rows:
        story = present_card(row, parts[row.pk], language)
        for start, end in times[row.pk]:
            first = start.astimezone(BRUSSELS).date()
            if end > shown.start or first >= shown.first:
                entries.setdefault(max(first, shown.first), []).append(Entry(story, start, end, first < shown.first))
    for day in entries.values():
        day.sort(key=lambda entry: (entry.goes_on, not entry.story.details.all_day, entry.start, entry.story.title))
    return entries
