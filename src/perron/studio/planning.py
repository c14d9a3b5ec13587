"""The schedule: what goes out when and what ends when, as a list, a week or a month."""

from calendar import Calendar
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.clock import BRUSSELS, now, today
from perron.publishing.kinds.base import Kind
from perron.publishing.kinds.registry import KINDS
from perron.publishing.working.planning import Planned, What, planned
from perron.screens.moments import clock_words
from perron.studio.items import titles_of

VIEWS = {"list": _("List"), "week": _("Week"), "month": _("Month")}
_AHEAD = timedelta(days=400)
# The years in which a day can be asked for: what is further away is a slip.
_YEARS = range(2000, 2200)

WORDS: dict[What, Promise] = {
    What.GOES_OUT: _("goes out"),
    What.ENDS: _("is public until then"),
    What.UNPINNED: _("stays first until then"),
    What.ALERT_ENDS: _("alert is over"),
}


@dataclass(frozen=True)
class Entry:
    """One thing that happens, ready to be shown."""

    time: str
    words: str
    what: str
    kind: Kind
    title: str
    planned: Planned


@dataclass
class Day:
    """A day and what happens in it; `inside` the month that is shown."""

    day: date
    inside: bool = True
    is_today: bool = False
    entries: list[Entry] = field(default_factory=list)


@requires(WRITE)
def schedule(request: HttpRequest, community: Community) -> HttpResponse:
    """Show what happens by itself."""
    view = request.GET.get("view", "list")
    view = view if view in VIEWS else "list"
    shown = _day(request.GET.get("date", ""))
    days = _days(view, shown)
    last = now() + _AHEAD if view == "list" else _midnight(days[-1] + timedelta(days=1))
    found = planned(community, now() if view == "list" else _midnight(days[0]), last)
    context: dict[str, Any] = {
        "community": community,
        "powers": powers(request.user, community),
        "view": view,
        "views": [(key, words, f"?view={key}&date={shown}") for key, words in VIEWS.items()],
        "days": _filled(days, found, shown if view == "month" else None),
        "any": bool(found),
        "shown": shown,
        "first": days[0] if days else None,
        "last": days[-1] if days else None,
        **_turned(view, shown),
    }
    return render(request, "studio/plan.html", context)


def _days(view: str, shown: date) -> list[date]:
    if view == "week":
        monday = shown - timedelta(days=shown.weekday())
        return [monday + timedelta(days=number) for number in range(7)]
    if view == "month":
        return list(Calendar().itermonthdates(shown.year, shown.month))
    return []


def _filled(days: Sequence[date], found: Sequence[Planned], month: date | None) -> list[Day]:
    """Return each of `days`, or, without any, the days on which something happens."""
    by_day = {
        day: Day(day, month is None or day.month == month.month, day == today())
        for day in days or sorted({each.day for each in found})
    }
    titles = titles_of(each.item.pk for each in found)
    for each in found:
        words, what, kind = str(WORDS[each.what]), each.what.name.lower(), KINDS[each.item.kind]
        entry = Entry(clock_words(each.at), words, what, kind, titles[each.item.pk], each)
        by_day[each.day].entries.append(entry)
    return list(by_day.values())


def _turned(view: str, shown: date) -> dict[str, str]:
    """The way to the week or month before and after."""
    if view == "list":
        return {}
    first = shown.replace(day=1)
    before, after = {
        "week": (shown - timedelta(days=7), shown + timedelta(days=7)),
        "month": ((first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)),
    }[view]
    return {"before": f"?view={view}&date={before}", "after": f"?view={view}&date={after}"}


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if day.year in _YEARS else today()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)
