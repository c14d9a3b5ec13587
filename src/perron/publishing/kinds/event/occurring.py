"""When an event takes place: recurrence by RFC 5545, expanded in the event's own time zone, bounded."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.publishing.kinds.event.model import EventDetails

# How far ahead and how many occurrences are worked out, and what is kept of the past.
HORIZON = timedelta(days=400)
PAST = timedelta(days=31)
MOST = 750

# A local time, as rules and further dates are kept (RFC 5545 §3.3.5, form 1).
LOCAL = "%Y%m%dT%H%M%S"
_SAFE_RULE = re.compile(r"[A-Z]+=[A-Z0-9,+\-]+(;[A-Z]+=[A-Z0-9,+\-]+)*")
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_INTERVAL = re.compile(r"INTERVAL=([^;]*)")
# Room for adding the longest duration and the horizon, and for writing a year in four digits.
_YEARS = range(1970, 2201)


def occurrences(
    details: EventDetails, *, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[datetime, datetime]]:
    """Return the (start, end) in UTC of each time, in order, from `since` (default: a month ago) to `until` (default:
    the horizon).

    Works on unsaved details too. Wall-clock times recur: 19:00 stays 19:00 when the clocks change.
    """
    first = since or now() - PAST
    last = until or now() + HORIZON
    zone = ZoneInfo(details.time_zone)
    duration = _local(details.ends_at, zone) - _local(details.starts_at, zone)
    moved = {datetime.fromisoformat(move["at"]): move for move in details.moved}
    spans = []
    for start in _local_starts(details, zone, last):
        if move := moved.get(start):
            span = datetime.fromisoformat(move["starts"]), datetime.fromisoformat(move["ends"])
        else:
            span = start, start + duration
        begin, end = (_to_utc(local, zone) for local in span)
        if end >= first and begin <= last:
            spans.append((begin, max(begin, end)))
    return sorted(set(spans))[:MOST]


def validate_recurrence(rule: str, start: datetime) -> str:
    """Return an RRULE value (daily or slower) for a local `start`; raises `ValidationError` for anything else."""
    rule = rule.strip().upper().removeprefix("RRULE:")
    if not rule:
        return ""
    parts = dict(part.split("=", 1) for part in rule.split(";")) if _SAFE_RULE.fullmatch(rule) else {}
    if parts.get("FREQ") not in _FREQUENCIES or {"BYHOUR", "BYMINUTE", "BYSECOND"} & set(parts):
        raise ValidationError(_("An event repeats daily, weekly, monthly or yearly."))
    if never_occurs(rule, start):
        raise ValidationError(_("This repetition cannot be read, or never comes."))
    return rule


def never_occurs(rule: str, start: datetime) -> bool:
    """Say whether the RRULE value cannot be read, or has no date after a local `start`.

    An interval that is not positive never gets on (RFC 5545 §3.3.10): the library would go round for ever. A rule
    like "every 30 February" is searched until the year 9999: seconds of work for each event. The search is moved to
    the last 400 years before that, one whole cycle of the calendar, in which it ends soon.
    """
    if any(not re.fullmatch("0*[1-9][0-9]*", interval) for interval in _INTERVAL.findall(rule.upper())):
        return True
    late = start.replace(year=start.year + (9999 - start.year) // 400 * 400, tzinfo=None)
    endless = re.sub(r";?UNTIL=[0-9TZ]*", "", rule.upper()).strip(";")
    try:
        rrule.rrulestr(_naive_until(rule.upper()), dtstart=start.replace(tzinfo=None))
        return next(iter(rrule.rrulestr(endless, dtstart=late)), None) is None
    except (ValueError, TypeError, KeyError, OverflowError, IndexError):
        return True


def validate_dates(lines: str) -> str:
    """Return local times, one per line, as YYYYMMDDTHHMMSS; dates alone are taken as midnight."""
    stamps = []
    for line in lines.split():
        try:
            stamps.append(f"{_bounded(line):{LOCAL}}")
        except ValueError as error:
            raise ValidationError(_("Write each date as 2026-12-24.")) from error
    return "\n".join(sorted(set(stamps)))


def validate_moved(moves: object) -> list[dict[str, str]]:
    """Return the moved occurrences; raises `ValidationError` unless each has `at`, `starts` and `ends`."""
    if not moves:
        return []
    try:
        assert isinstance(moves, list)
        assert len(moves) <= MOST
        return [{key: _bounded(move[key]).isoformat() for key in ("at", "starts", "ends")} for move in moves]
    except (AssertionError, KeyError, TypeError, ValueError) as error:
        raise ValidationError(_("The moved dates cannot be read.")) from error


def _bounded(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.year not in _YEARS:
        raise ValueError("no event takes place then")
    return moment


def _local_starts(details: EventDetails, zone: ZoneInfo, last: datetime) -> Iterator[datetime]:
    start = _local(details.starts_at, zone)
    excepted = {_stamp(line) for line in details.except_dates.split()}
    # A date alone excepts whatever starts that day.
    whole_days = {stamp.date() for stamp in excepted if stamp.time() == datetime.min.time()}
    rules = rrule.rruleset()
    rules.rdate(start)
    if details.recurrence:
        rules.rrule(rrule.rrulestr(_naive_until(details.recurrence, zone), dtstart=start))
    for line in details.extra_dates.split():
        rules.rdate(_stamp(line))
    end = _local(last, zone)
    # A rule that began long ago is walked from its start: bounded by steps, not by results.
    for local in islice(rules, 40_000):
        if local > end:
            return
        if local not in excepted and local.date() not in whole_days:
            yield local


def _naive_until(rule: str, zone: ZoneInfo | None = None) -> str:
    """UNTIL is in UTC (RFC 5545 §3.3.10); the expansion runs in local time."""

    def local(match: re.Match[str]) -> str:
        if not match[2]:
            return f"UNTIL={match[1]}T235959"
        moment = datetime.strptime(match[1] + match[2], LOCAL)  # noqa: DTZ007 the zone is set below
        if match[3] and zone:
            moment = _local(moment.replace(tzinfo=UTC), zone)
        return f"UNTIL={moment:{LOCAL}}"

    return re.sub(r"UNTIL=(\d{8})(T\d{6})?(Z)?", local, rule)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _stamp(line: str) -> datetime:
    return datetime.strptime(line, LOCAL)  # noqa: DTZ007 local time, the zone is the event's
