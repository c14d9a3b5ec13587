"""Opening hours as a resident asks for them: open now? until when? and the week."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from perron.communities.opening_hours import spans_on
from perron.core.clock import BRUSSELS, now

type Hours = list[tuple[str, str]]


@dataclass(frozen=True)
class Day:
    """One day of the coming week with its hours; `is_exception` where they are not the usual ones."""

    day: date
    hours: Hours
    is_today: bool
    is_exception: bool


@dataclass(frozen=True)
class Opening:
    """Whether it is open now, until when that is so (None: no change within a week), and the next seven days."""

    is_open: bool
    changes_at: datetime | None
    days: list[Day]


def opening(hours: dict[str, Any]) -> Opening | None:
    """Return how the opening hours stand now in Brussels; None where none are given."""
    if not hours.get("week") and not hours.get("exceptions"):
        return None
    local = now().astimezone(BRUSSELS)
    exceptions = hours.get("exceptions", {})
    coming = [local.date() + timedelta(days=n) for n in range(8)]
    spans = [span for day in coming for span in _spans(hours, day)]
    is_open = any(start <= local < end for start, end in spans)
    changes = [edge for span in spans for edge in span if edge > local]
    days = [Day(day, spans_on(hours, day), day == coming[0], day.isoformat() in exceptions) for day in coming[:7]]
    return Opening(is_open, min(changes, default=None), days)


def _spans(hours: dict[str, Any], day: date) -> list[tuple[datetime, datetime]]:
    return [(_moment(day, start), _moment(day, end)) for start, end in spans_on(hours, day)]


def _moment(day: date, clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    return datetime.combine(day, time(hour, minute), BRUSSELS)
