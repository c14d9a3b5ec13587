"""What a calendar's event says of its moments: starts and ends, days and times, floating and with a zone."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar.prop import vBroken

from perron.core.text import shorten

# An event as the library gives it: each of its values has one of thirty types.
type Vevent = Any


class NotUsable(Exception):
    """The event cannot be taken; the message says why."""


def start_and_end(event: Vevent) -> tuple[date, date]:
    """Return when the event starts and ends, of the same type; days end exclusively. Raises `NotUsable`."""
    start = _moment(event, "DTSTART")
    if start is None:
        raise NotUsable(_("It has no start."))
    end, duration = _moment(event, "DTEND"), _duration(event)
    if end is None and duration is not None:
        if not isinstance(start, datetime) and duration % timedelta(days=1):
            start = datetime(start.year, start.month, start.day)  # noqa: DTZ001 floating, as the day was
        end = start + duration
    elif end is None:
        # RFC 5545 §3.6.1: a day lasts a day, a time no time.
        end = start if isinstance(start, datetime) else start + timedelta(days=1)
    start, end = _alike(start, end)
    if end == start and not isinstance(start, datetime):
        # Many programs write the same day twice and mean it whole.
        end = start + timedelta(days=1)
    if not (1970 <= start.year <= 2200 and end.year <= 2200):
        raise NotUsable(_("It lies before 1970 or after 2200."))
    if end < start:
        raise NotUsable(_("It ends before it starts."))
    return start, end


def whole_days(event: Vevent, start: date, end: date) -> tuple[date, date]:
    """Return days for an event from midnight to midnight of which Outlook says that it lasts all day."""
    is_marked = str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE"
    if not (is_marked and isinstance(start, datetime) and isinstance(end, datetime)):
        return start, end
    is_whole = start.time() == end.time() == datetime.min.time() and end > start
    return (start.date(), end.date()) if is_whole else (start, end)


def _moment(event: Vevent, name: str) -> date | None:
    found = next(iter(values(event, name)), None)
    if isinstance(found, vBroken):
        raise NotUsable(
            _("%(name)s “%(value)s” is no date or time that exists.") % {"name": name, "value": shorten(str(found), 40)}
        )
    moment = getattr(found, "dt", None)
    return moment if isinstance(moment, date) else None


def _duration(event: Vevent) -> timedelta | None:
    found = next(iter(values(event, "DURATION")), None)
    if isinstance(found, vBroken):
        raise NotUsable(_("DURATION “%(value)s” cannot be read.") % {"value": shorten(str(found), 40)})
    duration = getattr(found, "dt", None)
    return duration if isinstance(duration, timedelta) else None


def _alike(start: date, end: date) -> tuple[date, date]:
    """Make a day among times midnight, and give a floating end the zone of its start, or the other way round."""
    if isinstance(start, datetime) != isinstance(end, datetime):
        start, end = (
            moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
            for moment in (start, end)
        )
    if isinstance(start, datetime) and isinstance(end, datetime) and (start.tzinfo is None) != (end.tzinfo is None):
        zone = start.tzinfo or end.tzinfo
        start, end = (moment if moment.tzinfo else moment.replace(tzinfo=zone) for moment in (start, end))
    return start, end


def to_local(moment: date, zone: ZoneInfo, like: date) -> datetime:
    """Return `moment` as local time; a day among times means the series' usual time on it."""
    if isinstance(moment, datetime):
        return moment.astimezone(zone).replace(tzinfo=None) if moment.tzinfo else moment
    usual = like.astimezone(zone) if isinstance(like, datetime) and like.tzinfo else like
    time = usual.time() if isinstance(usual, datetime) else datetime.min.time()
    return datetime.combine(moment, time)


def to_utc(moment: date, zone: ZoneInfo) -> datetime:
    """Return `moment` in UTC; a day or a floating time is one of `zone`."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def days(listed: Any) -> list[Any]:
    """Return the values of one EXDATE or RDATE: days, moments, or periods as pairs."""
    return [each.dt for each in listed.dts]


def values(event: Vevent, name: str) -> list[Any]:
    """Return what stands under `name`, however often it does."""
    found = event.get(name, [])
    return found if isinstance(found, list) else [found]


def is_off(event: Vevent) -> bool:
    """Say whether this one is cancelled."""
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


def is_range(event: Vevent) -> bool:
    """Say whether this override means all that follow, too (RFC 5545 §3.2.13)."""
    return "RANGE" in event["RECURRENCE-ID"].params


def is_outdated(override: Vevent, master: Vevent) -> bool:
    """Say whether the series was saved again after the override, and its date excepted."""
    excepted = [day for each in values(master, "EXDATE") for day in days(each)]
    return override["RECURRENCE-ID"].dt in excepted and sequence(override) < sequence(master)


def sequence(event: Vevent) -> int:
    """Return the number of times that the event was saved, -1 if it does not say."""
    number = event.get("SEQUENCE", -1)
    return int(number) if isinstance(number, int) else -1
