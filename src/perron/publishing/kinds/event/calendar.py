"""An event as iCalendar (RFC 5545): the series, and each occurrence that was moved."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import Event, vRecur

from perron.publishing.kinds.event.model import EventDetails
from perron.publishing.kinds.event.occurring import LOCAL


def uid(item: UUID) -> str:
    """Return the identifier of the event in every calendar (RFC 7986 §5.3: a UUID, and nothing about anybody)."""
    return f"{item}"


def entries(details: EventDetails, item: UUID, common: dict[str, Any]) -> list[Event]:
    """Return the VEVENTs of one item: all properties in `common` (name to value), the times from `details`."""
    series = _entry(item, common)
    zone = ZoneInfo(details.time_zone)
    start, end = _local(details.starts_at, zone), _local(details.ends_at, zone)
    _add_times(series, details, start, end, zone)
    if details.recurrence:
        series.add("rrule", vRecur.from_ical(_until_fitting(details, zone)))
    if except_dates := _stamps(details.except_dates):
        series.add("exdate", _moments(_starts_on(except_dates, start, details), details, zone))
    if extra_dates := _stamps(details.extra_dates):
        series.add("rdate", _moments(extra_dates, details, zone))
    return [series, *(_moved(details, move, item, common, zone) for move in details.moved)]


def _entry(item: UUID, common: dict[str, Any]) -> Event:
    entry = Event()
    entry.add("uid", uid(item))
    for name, value in common.items():
        entry.add(name, value)
    return entry


def _moved(details: EventDetails, move: dict[str, str], item: UUID, common: dict[str, Any], zone: ZoneInfo) -> Event:
    """Override one occurrence (RFC 5545 §3.8.4.4): its own times under the start it would have had."""
    entry = _entry(item, common)
    at, starts, ends = (datetime.fromisoformat(move[key]) for key in ("at", "starts", "ends"))
    entry.add("recurrence-id", _moment(at, details, zone))
    _add_times(entry, details, starts, ends, zone)
    return entry


def _add_times(entry: Event, details: EventDetails, start: datetime, end: datetime, zone: ZoneInfo) -> None:
    entry.add("dtstart", _moment(start, details, zone))
    # DTEND is exclusive, and later than DTSTART where it is given at all (§3.6.1, §3.8.2.2).
    if end > start:
        entry.add("dtend", _moment(end, details, zone))


def _moment(local: datetime, details: EventDetails, zone: ZoneInfo) -> date | datetime:
    if details.all_day:
        return local.date()
    return local.replace(tzinfo=UTC if zone.key == "UTC" else zone)


def _moments(locals_: list[datetime], details: EventDetails, zone: ZoneInfo) -> list[date | datetime]:
    return [_moment(local, details, zone) for local in locals_]


def _starts_on(excepted: list[datetime], start: datetime, details: EventDetails) -> list[datetime]:
    """Give an exception that names a whole day the time of the series: EXDATE names starts (§3.8.5.1)."""
    if details.all_day:
        return excepted
    return [datetime.combine(at, start.time()) if at.time() == datetime.min.time() else at for at in excepted]


def _until_fitting(details: EventDetails, zone: ZoneInfo) -> str:
    """Write UNTIL as RFC 5545 §3.3.10 wants it: a date for whole days, else a moment in UTC."""
    parts = dict(part.split("=", 1) for part in details.recurrence.split(";"))
    if until := parts.get("UNTIL"):
        if details.all_day:
            moment = datetime.strptime(until[:15], LOCAL) if len(until) > 8 else None  # noqa: DTZ007 see below
            if moment and until.endswith("Z"):
                moment = _local(moment.replace(tzinfo=UTC), zone)
            parts["UNTIL"] = f"{moment:%Y%m%d}" if moment else until
        elif not until.endswith("Z"):
            last = datetime.strptime(until, LOCAL) if len(until) > 8 else _end_of(until)  # noqa: DTZ007 local time
            parts["UNTIL"] = f"{last.replace(tzinfo=zone).astimezone(UTC):{LOCAL}}Z"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _end_of(day: str) -> datetime:
    return datetime.strptime(day, "%Y%m%d") + timedelta(days=1, seconds=-1)  # noqa: DTZ007 local time


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _stamps(lines: str) -> list[datetime]:
    return [datetime.strptime(line, LOCAL) for line in lines.split()]  # noqa: DTZ007 local time
