"""iCalendar (RFC 5545): the icalendar library reads it, `recurring` works out the series. Events become events."""

import re
import time
import warnings
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

import x_wr_timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, vDuration, vGeo
from icalendar.timezone import tzp

from perron.core.clock import BRUSSELS
from perron.core.errors import TooLarge
from perron.core.text import shorten
from perron.publishing.sources.entry import (
    MOST_ENTRIES,
    Entry,
    Feed,
    Unreadable,
    Wording,
    identifier,
    look_at_number,
    without_doubles,
)
from perron.publishing.sources.moments import NotUsable, Vevent, values
from perron.publishing.sources.recurring import Timed, timed
from perron.publishing.sources.zones import zone_named

# icalendar keeps the zones that files define in one place of the process.
_reading = Lock()
_LINE_END = re.compile(r"\r+\n?")
_MARKUP = re.compile(r"<(?:p|br|a|ul|ol|li|b|i|strong|em|div|span|html)\b", re.IGNORECASE)
_PLACE, _ADDRESS = 140, 200
_MOST_CALENDARS = 100
_MOST_COMPONENTS = 3 * MOST_ENTRIES
_MOST_LINES = 500_000
# For working out all series of a file.
_SECONDS = 60


def read(text: str) -> Feed:
    """Return what the calendars in `text` hold; raises `Unreadable`."""
    # Old programs end lines with CR alone, careless ones with CR CR LF.
    text = _LINE_END.sub("\n", text)
    _look_at_numbers(text)
    _look_at_nesting(text)
    with _reading, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tzp.use_default()
        calendars = _calendars(text)
        feed = Feed(name=next((name for calendar in calendars if (name := _one(calendar, "X-WR-CALNAME"))), ""))
        feed.address = next((url for calendar in calendars if (url := _one(calendar, "SOURCE"))), "")
        feed.is_whole = True
        feed.pace = max((_pace(calendar) for calendar in calendars), default=timedelta(0))
        series: dict[str, list[Vevent]] = {}
        zones: dict[str, ZoneInfo] = {}
        dropped = set()
        for calendar in calendars:
            zone = zone_named(_one(calendar, "X-WR-TIMEZONE")) or BRUSSELS
            for event in _standard(calendar).walk("VEVENT"):
                uid = identifier(_one(event, "UID"), f"{_one(event, 'SUMMARY')} {_written(event, 'DTSTART')}")
                series.setdefault(uid, []).append(event)
                zones.setdefault(uid, zone)
                if _one(calendar, "METHOD").upper() == "CANCEL":
                    dropped.add(uid)
        deadline = time.monotonic() + _SECONDS
        for uid, events in series.items():
            if time.monotonic() > deadline:
                raise Unreadable(_("The repetitions in the calendar take too long to work out."))
            _take(feed, uid, events, zones[uid], cancelled=uid in dropped)
    # An identifier may look like that of another one's occurrence.
    doubles = _("Another entry before it has the same identifier.")
    feed.entries = without_doubles(feed.entries, feed.skipped, doubles)
    return feed


def _look_at_numbers(text: str) -> None:
    """Refuse what would take minutes before the library begins with it."""
    begun = re.findall(r"^BEGIN:(\w+)", text, re.IGNORECASE | re.MULTILINE)
    look_at_number(sum(name.upper() == "VEVENT" for name in begun))
    if len(begun) > _MOST_COMPONENTS or text.count("\n") > _MOST_LINES:
        raise TooLarge(_("The calendar has too many parts to be read."))
    if sum(name.upper() == "VCALENDAR" for name in begun) > _MOST_CALENDARS:
        raise TooLarge(_("The file has more than %(most)d calendars.") % {"most": _MOST_CALENDARS})


def _look_at_nesting(text: str) -> None:
    """Refuse what the library would silently leave out: parts that are not closed, or never begun."""
    opened: list[str] = []
    for found in re.finditer(r"^(BEGIN|END):([\w-]+)[ \t]*$", text, re.IGNORECASE | re.MULTILINE):
        name = found[2].upper()
        if found[1].upper() == "BEGIN":
            opened.append(name)
        elif not opened or opened.pop() != name:
            line = {"line": text.count("\n", 0, found.start()) + 1, "name": name}
            raise Unreadable(_("Line %(line)d: this END:%(name)s does not fit what was begun last.") % line)
    if opened:
        raise Unreadable(_("Line %(line)d: the calendar breaks off.") % {"line": text.count("\n") + 1})


def _calendars(text: str) -> list[Calendar]:
    try:
        found = Calendar.from_ical(text, multiple=True)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable(_sentence(text, str(error))) from error
    if not all(isinstance(calendar, Calendar) for calendar in found):
        raise Unreadable(_("There is something other than calendars in the file."))
    return found


def _sentence(text: str, reason: str) -> str:
    """Name the line, if the library's message quotes it."""
    quoted = re.search(r"'([^']+)'", reason)
    place = re.search(rf"^{re.escape(quoted[1][:60])}", text, re.MULTILINE) if quoted else None
    if place is None:
        return _("The calendar cannot be read: %(reason)s") % {"reason": shorten(reason, 150)}
    line = text.count("\n", 0, place.start()) + 1
    return _("Line %(line)d cannot be read: %(text)s") % {"line": line, "text": shorten(place[0], 80)}


def _pace(calendar: Calendar) -> timedelta:
    """How rarely it wants to be asked: RFC 7986 §5.7, and what was written before it."""
    for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        value = calendar.get(name)
        try:
            found = getattr(value, "dt", None) or vDuration.from_ical(str(value or ""))  # type: ignore[no-untyped-call]
        except ValueError:
            continue
        if isinstance(found, timedelta) and found > timedelta(0):
            return found
    return timedelta(0)


def _standard(calendar: Calendar) -> Calendar:
    """Apply the zone that Google and Outlook write beside the standard (X-WR-TIMEZONE)."""
    try:
        standard: Calendar = x_wr_timezone.to_standard(calendar)
    except (ValueError, KeyError, AttributeError, TypeError):
        return calendar
    return standard


def _take(feed: Feed, uid: str, events: list[Vevent], zone: ZoneInfo, *, cancelled: bool) -> None:
    first = next((event for event in events if "RECURRENCE-ID" not in event), events[0])
    where = _("event %(title)s") % {"title": _one(first, "SUMMARY")[:60] or uid[:60]}
    if any(_one(event, "CLASS").upper() in {"PRIVATE", "CONFIDENTIAL"} for event in events):
        feed.skipped.append((where, _("It is marked as private.")))
        feed.hidden += 1
        return
    try:
        for suffix, event, when in _timed(events, zone):
            is_off = cancelled or _one(event, "STATUS").upper() == "CANCELLED"
            feed.entries.append(_entry(f"{uid}{suffix}", event, when, where, cancelled=is_off))
            for problem in when.problems:
                feed.skipped.append((where, problem))
    except NotUsable as error:
        feed.skipped.append((where, str(error)))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, ArithmeticError) as error:
        feed.skipped.append((where, _("Its times cannot be read (%(reason)s).") % {"reason": shorten(str(error), 80)}))


def _timed(events: list[Vevent], zone: ZoneInfo) -> Iterator[tuple[str, Vevent, Timed]]:
    """Yield the series, then each of its occurrences that has words of its own."""
    when = timed(events, zone, same=_says_the_same)
    yield "", when.event, when
    for other in when.apart:
        moment = other["RECURRENCE-ID"].dt
        key = moment.astimezone(UTC) if isinstance(moment, datetime) and moment.tzinfo else moment
        alone = timed([_without_recurrence(other)], zone, same=lambda _event, _other: True)
        yield f"#{key.isoformat()}", alone.event, alone


def _says_the_same(override: Vevent, series: Vevent) -> bool:
    """An override that leaves a word out means the series' own."""
    own, usual = _words(override), _words(series)
    return all(not mine or mine == theirs for mine, theirs in zip(own, usual, strict=True))


def _without_recurrence(event: Vevent) -> Vevent:
    copy = event.copy(recursive=True)
    for name in ("RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"):
        copy.pop(name, None)
    return copy


def _entry(uid: str, event: Vevent, when: Timed, where: str, *, cancelled: bool) -> Entry:
    title, body, is_html, location = _words(event)
    place, *rest = re.split(r"\n|, ", location, maxsplit=1)
    geo = event.get("GEO")
    details: dict[str, Any] = when.details | {
        "place": shorten(" ".join(place.split()), _PLACE),
        "address": shorten(" ".join(rest[0].split()), _ADDRESS) if rest else "",
    }
    if isinstance(geo, vGeo) and -90 <= geo.latitude <= 90 and -180 <= geo.longitude <= 180:
        details |= {"latitude": geo.latitude, "longitude": geo.longitude}
    where_to_look = _one(event, "URL")
    return Entry(
        kind="event",
        identifier=identifier(uid),
        where=where,
        wordings=(Wording(language=_language(event), title=title, body=body, is_html=is_html, links=_files(event)),),
        details=details,
        url=where_to_look if where_to_look.startswith(("http://", "https://")) else "",
        published=_moment(event, "CREATED") or _moment(event, "DTSTAMP"),
        categories=tuple(_categories(event)),
        cancelled=cancelled,
        stable=when.stable and f"{when.stable} {place} {rest} {geo}",
        notes=tuple(when.notes),
    )


def _words(event: Vevent) -> tuple[str, str, bool, str]:
    html = event.get("X-ALT-DESC")
    body = _one(event, "DESCRIPTION")
    if html is not None and not isinstance(html, list) and html.params.get("FMTTYPE") == "text/html":
        return _one(event, "SUMMARY"), str(html), True, _one(event, "LOCATION")
    return _one(event, "SUMMARY"), body, bool(_MARKUP.search(body)), _one(event, "LOCATION")


def _files(event: Vevent) -> tuple[tuple[str, str], ...]:
    attached = event.get("ATTACH", [])
    addresses = [
        str(each)
        for each in (attached if isinstance(attached, list) else [attached])
        if str(each).startswith(("http://", "https://"))
        and not str(getattr(each, "params", {}).get("FMTTYPE", "")).startswith("image/")
    ]
    return tuple((address.rsplit("/", 1)[-1] or address, address) for address in addresses)


def _categories(event: Vevent) -> Iterator[str]:
    found = event.get("CATEGORIES", [])
    for each in found if isinstance(found, list) else [found]:
        yield from (str(category) for category in getattr(each, "cats", []))


def _language(event: Vevent) -> str:
    summary = event.get("SUMMARY")
    return str(getattr(summary, "params", {}).get("LANGUAGE", ""))


def _moment(event: Vevent, name: str) -> datetime | None:
    value = getattr(event.get(name), "dt", None)
    if not isinstance(value, date) or not 1970 <= value.year <= 2200:
        return None
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _written(component: Any, name: str) -> str:
    """Return the first value under `name` as the file writes it."""
    value = next(iter(values(component, name)), None)
    return "" if value is None else str(value.to_ical().decode())


def _one(component: Any, name: str) -> str:
    value = component.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value).strip()
