"""How often pages were opened: per day, per week, per page, of a community or of all that a partner has."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from django.db.models import Sum

from perron.communities.models import Community
from perron.core import clock
from perron.statistics.models import PageCount

type Step = Literal["day", "week"]

# How much is shown: enough to see a trend, few enough bars for a phone.
_SHOWN: dict[Step, int] = {"day": 28, "week": 26}


@dataclass(frozen=True)
class Page:
    """One page and how often it was opened; `name` as in `PageCount.page`."""

    name: str
    number: int


@dataclass(frozen=True)
class Openings:
    """Openings by day, oldest first, and their sum."""

    steps: tuple[tuple[date, int], ...]
    total: int


@dataclass(frozen=True)
class Reach:
    """Openings within a span of days: over time, each step by its first day, and by page, most opened first."""

    step: Step
    steps: tuple[tuple[date, int], ...]
    pages: tuple[Page, ...]
    total: int


def reach(communities: Collection[Community], step: Step = "day") -> Reach:
    """Return the openings of the communities' pages, on whatever platform, up to and including today."""
    beginnings = _beginnings(step)
    counts = PageCount.objects.filter(community__in=communities, day__gte=beginnings[0])
    by_day = Counter(dict(counts.values_list("day").annotate(Sum("number"))))
    by_page = counts.values_list("page").annotate(total=Sum("number")).order_by("-total", "page")
    steps: Counter[date] = Counter()
    for day, number in by_day.items():
        steps[_beginning(day, step)] += number
    return Reach(
        step,
        tuple((day, steps[day]) for day in beginnings),
        tuple(Page(name, number) for name, number in by_page),
        sum(by_day.values()),
    )


def openings(community: Community, page: str = "") -> Openings:
    """Return how often a community's pages, or only the one named `page`, were opened in the last four weeks."""
    days = _beginnings("day")
    counts = PageCount.objects.filter(community=community, day__gte=days[0])
    if page:
        counts = counts.filter(page=page)
    numbers = dict(counts.values_list("day").annotate(Sum("number")))
    return Openings(tuple((day, numbers.get(day, 0)) for day in days), sum(numbers.values()))


def by_community(communities: Collection[Community], step: Step = "day") -> dict[Community, int]:
    """Return how often the pages of each community were opened in the span that `reach` shows."""
    counts = PageCount.objects.filter(community__in=communities, day__gte=_beginnings(step)[0])
    numbers = dict(counts.values_list("community").annotate(Sum("number")))
    return {community: numbers.get(community.pk, 0) for community in communities}


def _beginnings(step: Step) -> list[date]:
    last = _beginning(clock.today(), step)
    length = timedelta(days=1 if step == "day" else 7)
    return [last - number * length for number in reversed(range(_SHOWN[step]))]


def _beginning(day: date, step: Step) -> date:
    return day - timedelta(days=day.weekday()) if step == "week" else day
