"""The one clock. No other module reads the wall clock, so that tests and `--as-of` can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _travelled.get() or datetime.now(UTC)


def today() -> date:
    """Return the present calendar day in Brussels."""
    return day_of(now())


def day_of(moment: datetime) -> date:
    """Return the calendar day in Brussels on which `moment` is."""
    return moment.astimezone(BRUSSELS).date()


def next_midnight(after: datetime | None = None) -> datetime:
    """Return when the calendar day of `after` (default: now) ends in Brussels, in UTC."""
    return end_of_day((after or now()).astimezone(BRUSSELS).date())


def end_of_day(day: date) -> datetime:
    """Return when a calendar day ends in Brussels, in UTC."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=BRUSSELS).astimezone(UTC)


def moments(day: date, shown: time) -> list[datetime]:
    """Return when the clocks in Brussels show a time on a day, in UTC: two moments in the hour that comes twice in
    autumn; for a time that is skipped in spring, that at which they go forward."""
    local = datetime.combine(day, shown)
    while True:
        either = {local.replace(tzinfo=BRUSSELS, fold=fold).astimezone(UTC) for fold in (0, 1)}
        if found := [moment for moment in sorted(either) if _local(moment) == local]:
            return found
        local += timedelta(minutes=1)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(BRUSSELS).replace(tzinfo=None)


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Within the block, `now()` answers `to` (an aware datetime)."""
    if to.tzinfo is None:
        raise ValueError("travel() needs an aware datetime")
    token = _travelled.set(to.astimezone(UTC))
    try:
        yield
    finally:
        _travelled.reset(token)
