"""From a calendar's series to the details of our event: rule, exceptions, extra dates, moved occurrences.

Our own expansion is compared with recurring-ical-events for what lies ahead. Where they differ, or where a rule
says more than ours can, the dates themselves are taken, as far ahead as we look.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from django.utils.translation import gettext as _
from icalendar import Calendar

from perron.core.clock import now
from perron.core.text import shorten
from perron.publishing.kinds.event.form import EventForm
from perron.publishing.kinds.event.model import EventDetails
from perron.publishing.kinds.event.occurring import HORIZON, MOST, PAST, never_occurs, occurrences
from perron.publishing.sources.moments import (
    NotUsable,
    Vevent,
    days,
    is_off,
    is_outdated,
    is_range,
    sequence,
    start_and_end,
    to_local,
    to_utc,
    values,
    whole_days,
)
from perron.publishing.sources.zones import place_of, zone_of

type Span = tuple[datetime, datetime]
type Same = Callable[[Vevent, Vevent], bool]

_STAMP = "%Y%m%dT%H%M%S"
# Some programs write COUNT=-1 for "without end".
_NO_COUNT = re.compile(r";?COUNT=-\d+")
_SUB_DAILY = {"SECONDLY", "MINUTELY", "HOURLY"}


@dataclass(kw_only=True)
class Timed:
    """An event with the details of its times; `apart` are its occurrences with words of their own."""

    event: Vevent
    details: dict[str, Any]
    apart: list[Vevent] = field(default_factory=list)
    stable: str = ""
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def timed(events: list[Vevent], unknown: ZoneInfo, *, same: Same) -> Timed:
    """Return the series of `events` (one UID). `unknown` is the zone of floating times. Raises `NotUsable`.

    `same` says whether two events have the same words.
    """
    masters = [event for event in events if "RECURRENCE-ID" not in event]
    overrides = _newest_overrides(event for event in events if "RECURRENCE-ID" in event)
    if not masters:
        alone, *apart = overrides
        start, end = start_and_end(alone)
        return Timed(event=alone, details=_single(start, end, _shown_in(start, unknown)), apart=apart)
    master = max(masters, key=sequence)
    start, end = start_and_end(master)
    notes = _doubts(master)
    if overrides or any(name in master for name in ("RRULE", "RDATE", "EXDATE")):
        result = _series(master, overrides, unknown, same)
    else:
        result = Timed(event=master, details=_single(*whole_days(master, start, end), _shown_in(start, unknown)))
    result.notes += notes
    if any(start_and_end(other) != (start, end) for other in masters):
        result.problems.append(_("Another event of the file has the same identifier; only the newest was taken."))
    return result


def _doubts(master: Vevent) -> list[str]:
    """Say what of the event's times was guessed."""
    doubts = [_("It has two starts; the first was taken.")] if isinstance(master["DTSTART"], list) else []
    start = values(master, "DTSTART")[0]
    if isinstance(start.dt, datetime) and start.dt.tzinfo is None and (name := str(start.params.get("TZID", ""))):
        doubts.append(
            _("There is no time zone “%(name)s”: its times were read as local ones.") % {"name": shorten(name, 60)}
        )
    if "EXRULE" in master:
        doubts.append(_("Its rule for exceptions (EXRULE) was given up by the standard, and is not applied."))
    return doubts


def _series(master: Vevent, overrides: list[Vevent], unknown: ZoneInfo, same: Same) -> Timed:
    start, end = start_and_end(master)
    zone = unknown if not isinstance(start, datetime) or start.tzinfo is None else zone_of(start)
    rules = [rule for each in values(master, "RRULE") if (rule := _NO_COUNT.sub("", each.to_ical().decode()))]
    _look_at(rules, start)
    overrides = [event for event in overrides if not is_outdated(event, master)]
    off = [event for event in overrides if is_off(event)]
    apart = [event for event in overrides if event not in off and not is_range(event) and not same(event, master)]
    moved = [event for event in overrides if event not in off and event not in apart]
    truth = _truth(master, moved, except_for=[*off, *apart])
    result = Timed(event=master, details={}, apart=apart)
    if zone and len(rules) <= 1 and not any(map(is_range, overrides)):
        result.details = _single(start, end, zone) | _translated(master, rules, moved, [*off, *apart], zone)
        if _agrees(result.details, truth, start, zone):
            return result
    spans = _before(off, _ahead(truth, start, zone or unknown), zone or unknown)
    if not spans:
        raise NotUsable(_("Its repetition cannot be kept: no date of it was found."))
    result.details = _listed(spans, zone or unknown, all_day=not isinstance(start, datetime))
    if any(is_range(event) and not same(event, master) for event in overrides):
        result.notes.append(_("From some date on it has other words in the source; those of the series were kept."))
    result.stable = "\n".join(_lines(event) for event in [master, *overrides])
    result.notes.append(
        _("Its repetition was taken as single dates, as far as %(day)s.") % {"day": spans[-1][0].date()}
    )
    return result


def _look_at(rules: list[str], start: date) -> None:
    """Refuse what would be expanded without an end in sight, before any library tries."""
    for rule in rules:
        if any(f"FREQ={often}" in rule.upper() for often in _SUB_DAILY):
            raise NotUsable(_("It repeats more often than daily."))
        if never_occurs(rule, datetime(start.year, start.month, start.day)):  # noqa: DTZ001 rules are local
            raise NotUsable(_("Its repetition cannot be read, or never comes."))


def _translated(
    master: Vevent, rules: list[str], moved: list[Vevent], dropped: list[Vevent], zone: ZoneInfo
) -> dict[str, Any]:
    start, _end = start_and_end(master)
    excepted = [to_local(day, zone, start) for each in values(master, "EXDATE") for day in days(each)]
    excepted += [to_local(event["RECURRENCE-ID"].dt, zone, start) for event in dropped]
    extra, moves = [], []
    for added in (day for each in values(master, "RDATE") for day in days(each)):
        at = to_local(added[0] if isinstance(added, tuple) else added, zone, start)
        extra.append(at)
        if isinstance(added, tuple):
            until = at + added[1] if isinstance(added[1], timedelta) else to_local(added[1], zone, start)
            moves.append((at, at, until))
    for event in moved:
        begin, end = start_and_end(event)
        at = to_local(event["RECURRENCE-ID"].dt, zone, start)
        moves.append((at, to_local(begin, zone, start), to_local(end, zone, start)))
    return {
        "recurrence": rules[0] if rules else "",
        "except_dates": "\n".join(f"{day:{_STAMP}}" for day in excepted),
        "extra_dates": "\n".join(f"{day:{_STAMP}}" for day in extra),
        "moved": [dict(zip(("at", "starts", "ends"), map(datetime.isoformat, move), strict=True)) for move in moves],
    }


def _truth(master: Vevent, moved: list[Vevent], *, except_for: list[Vevent]) -> Any:
    calendar = Calendar()
    copy = master.copy(recursive=True)
    for event in except_for:
        copy.add("EXDATE", event["RECURRENCE-ID"].dt)
    for event in (copy, *moved):
        calendar.add_component(event)
    try:
        return recurring_ical_events.of(calendar)
    except (ValueError, TypeError, AttributeError, KeyError, recurring_ical_events.InvalidCalendar) as error:
        raise NotUsable(_("Its repetition cannot be read.")) from error


def _agrees(details: dict[str, Any], truth: Any, start: date, zone: ZoneInfo) -> bool:
    """Say whether our expansion of `details` gives the same times, in the first year, be it far away, and in the coming
    one."""
    form = EventForm(details, languages=["en"])
    if not form.is_valid():
        return False
    begins = to_utc(start, zone) - timedelta(days=1)
    ours = occurrences(EventDetails(**form.values()), since=begins, until=max(begins, now()) + HORIZON)
    for first, last in ((begins, begins + HORIZON), (now() - PAST, now() + HORIZON)):
        expected = _between(truth, first, last, zone)
        found = [span for span in ours if _touches(span, first, last)]
        # Ours is cut at the most that is kept.
        if (len(ours) < MOST and found != expected) or found[: len(expected)] != expected[: len(found)]:
            return False
    return True


def _between(truth: Any, first: datetime, last: datetime, zone: ZoneInfo) -> list[Span]:
    try:
        # Days and floating times have no place in UTC: asked for widely, then cut.
        found = truth.between(first - timedelta(days=2), last + timedelta(days=2))
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise NotUsable(_("Its repetition cannot be read.")) from error
    spans = {(to_utc(begin, zone), to_utc(end, zone)) for begin, end in map(start_and_end, found)}
    return sorted(span for span in spans if _touches(span, first, last))


def _touches(span: Span, first: datetime, last: datetime) -> bool:
    return span[0] < last and (span[1] > first or span[0] >= first)


def _ahead(truth: Any, start: date, zone: ZoneInfo) -> list[Span]:
    begins = to_utc(start, zone) - timedelta(days=1)
    spans = {*_between(truth, begins, begins + HORIZON, zone), *_between(truth, now() - PAST, now() + HORIZON, zone)}
    return sorted(spans)[-MOST:]


def _before(off: list[Vevent], spans: list[Span], zone: ZoneInfo) -> list[Span]:
    """Cut `spans` where a date and all that follow were cancelled, which the library takes for that date alone."""
    cuts = [to_utc(event["RECURRENCE-ID"].dt, zone) for event in off if is_range(event)]
    return [span for span in spans if not cuts or span[0] < min(cuts)]


def _listed(spans: list[Span], zone: ZoneInfo, *, all_day: bool) -> dict[str, Any]:
    """Return details that name every date by itself."""
    local = [tuple(moment.astimezone(zone).replace(tzinfo=None) for moment in span) for span in spans]
    first = local[0]
    duration = first[1] - first[0]
    usual = {(begin, begin + duration) for begin, _end in local}
    moves = [(begin, begin, end) for begin, end in local if (begin, end) not in usual]
    if all_day:
        details = _single(first[0].date(), first[1].date(), zone)
    else:
        details = _single(first[0].replace(tzinfo=zone), first[1].replace(tzinfo=zone), zone)
    return details | {
        "extra_dates": "\n".join(f"{begin:{_STAMP}}" for begin, _end in local[1:]),
        "moved": [dict(zip(("at", "starts", "ends"), map(datetime.isoformat, move), strict=True)) for move in moves],
    }


def _single(start: date, end: date, zone: ZoneInfo) -> dict[str, Any]:
    """Return the details of one time: local, in `zone`; days with their last one."""
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        last = max(start, end - timedelta(days=1))
        return {"starts": start.isoformat(), "ends": last.isoformat(), "all_day": True, "time_zone": zone.key}
    begin, until = (moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC) for moment in (start, end))
    local = [moment.astimezone(zone).replace(tzinfo=None, fold=0) for moment in (begin, until)]
    if [moment.replace(tzinfo=zone).astimezone(UTC) for moment in local] != [begin, until]:
        # The hour that comes twice in autumn: only UTC can name its second coming.
        zone, local = ZoneInfo("UTC"), [moment.replace(tzinfo=None) for moment in (begin, until)]
    return {"starts": local[0].isoformat(), "ends": local[1].isoformat(), "all_day": False, "time_zone": zone.key}


def _shown_in(start: date, unknown: ZoneInfo) -> ZoneInfo:
    return place_of(start, unknown) if isinstance(start, datetime) else unknown


def _newest_overrides(events: Iterable[Vevent]) -> list[Vevent]:
    newest: dict[object, Vevent] = {}
    for event in events:
        moment = event["RECURRENCE-ID"].dt
        key = moment.timestamp() if isinstance(moment, datetime) and moment.tzinfo else moment
        if key not in newest or sequence(event) >= sequence(newest[key]):
            newest[key] = event
    return list(newest.values())


def _lines(event: Vevent) -> str:
    """Return what the file says of the event, without what every export writes anew."""
    lines = event.to_ical().decode().replace("\r\n ", "").split("\r\n")
    return "\n".join(line for line in lines if not line.startswith(("DTSTAMP", "LAST-MODIFIED", "SEQUENCE")))
