"""The one clock. No other module reads the wall clock, so that tests and `--as-of` can move it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _travelled.get() or datetime.now(UTC)


def today(zone: ZoneInfo = BRUSSELS) -> date:
    """Return the present calendar day in `zone`."""
    return now().astimezone(zone).date()


def next_midnight(after: datetime | None = None, zone: ZoneInfo = BRUSSELS) -> datetime:
    """Return when the calendar day of `after` (default: now) ends in `zone`, in UTC."""
    return end_of_day((after or now()).astimezone(zone).date(), zone)


def end_of_day(day: date, zone: ZoneInfo = BRUSSELS) -> datetime:
    """Return when a calendar day ends in `zone`, in UTC."""
    after = day + timedelta(days=1)
    return datetime(after.year, after.month, after.day, tzinfo=zone).astimezone(UTC)


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
