"""A content on another day: every date in it moves by as many days, clock times stay what they are on the wall."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from perron.core.clock import BRUSSELS
from perron.publishing.content import Content
from perron.publishing.kinds.event import repeating
from perron.publishing.kinds.event.repeating import CODES
from perron.publishing.kinds.fields import to_moment

# The details that say when, the one that the item is about first.
_DATES = ("starts", "ends", "starts_on", "ends_on", "effective_at", "ends_at", "deadline")
_LISTS = ("except_dates", "extra_dates")


def day_of(content: Content) -> date | None:
    """Return the day that the content is about: of an event its first, of a document the last day to react."""
    days = (_local(content.details.get(name)) for name in _DATES)
    return next((day.date() for day in days if day), None)


def moved(content: Content, days: int) -> Content:
    """Return `content` with its dates `days` later. A time that the clocks skip that day is left for its writer."""
    if not days:
        return content
    details = dict(content.details)
    for name in _DATES:
        if name in details:
            details[name] = _later(details[name], days)
    for name in _LISTS:
        if details.get(name):
            details[name] = "\n".join(_later(line, days) for line in str(details[name]).split())
    if details.get("recurrence"):
        details["recurrence"] = _repetition(content, days)
    if details.get("moved"):
        # Single dates that a calendar program moved belong to the dates that it wrote.
        details["moved"] = []
    return replace(content, details=details, expires_at=_later(content.expires_at, days))


def _later(value: Any, days: int) -> str:
    """Return a date or a moment `days` later, as a form gives it; what is neither, as it is."""
    text = str(value or "")
    local = _local(text)
    if local is None:
        return text
    later = local + timedelta(days=days)
    return later.date().isoformat() if len(text) == 10 else later.isoformat(timespec="minutes")


def _local(value: object) -> datetime | None:
    """Return what stands on the wall at a date or a moment, which without an offset is Brussels' already."""
    try:
        local = datetime.fromisoformat(str(value or ""))
        if local.tzinfo is not None:
            local = to_moment(str(value)).astimezone(BRUSSELS).replace(tzinfo=None)
    except (ValueError, ValidationError):
        return None
    return local if 1970 <= local.year <= 2150 else None


def _repetition(content: Content, days: int) -> str:
    rule, start = str(content.details["recurrence"]), _local(content.details.get("starts"))
    zone = _zone(content)
    repeat = repeating.read(rule, start.date(), zone) if start else None
    if repeat is None or start is None:
        return rule
    codes = tuple(CODES[(CODES.index(code) + days) % 7] for code in repeat.days)
    until = repeat.until + timedelta(days=days) if repeat.until else None
    later = replace(repeat, days=tuple(code for code in CODES if code in codes), until=until)
    first = start.date() + timedelta(days=days)
    return repeating.write(later, first, zone=zone, all_day=bool(content.details.get("all_day")))


def _zone(content: Content) -> ZoneInfo:
    try:
        return ZoneInfo(str(content.details.get("time_zone") or BRUSSELS.key))
    except (KeyError, ValueError, OSError):
        return BRUSSELS
