"""How an event repeats, in the words of the studio; written as an RRULE of RFC 5545 and read back from one."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_KNOWN = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "UNTIL", "COUNT", "WKST"}
_MONTHS = {str(number) for number in range(1, 13)}


class Pace(StrEnum):
    """What the studio offers; everything rarer comes from imports and is kept as it came."""

    DAY = "day"
    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"
    MONTH_WEEKDAY = "month_weekday"
    YEAR = "year"


@dataclass(frozen=True)
class Repeat:
    """A repetition. `days` are codes like "MO", for weeks only; it ends after `until`, or `times` times, or never."""

    pace: Pace
    days: tuple[str, ...] = ()
    until: date | None = None
    times: int | None = None


def write(repeat: Repeat, start: date, *, zone: ZoneInfo, all_day: bool) -> str:
    """Return the RRULE of an event that first takes place on `start`."""
    rule = _pattern(repeat, start)
    if repeat.until and all_day:
        rule += f";UNTIL={repeat.until:%Y%m%d}"
    elif repeat.until:
        # RFC 5545 §3.3.10: with a time zone, the end is written in UTC.
        end = datetime.combine(repeat.until, time(23, 59, 59), tzinfo=zone).astimezone(UTC)
        rule += f";UNTIL={end:%Y%m%dT%H%M%SZ}"
    elif repeat.times:
        rule += f";COUNT={repeat.times}"
    return rule


def read(rule: str, start: date, zone: ZoneInfo) -> Repeat | None:
    """Return the repetition that `rule` means for an event starting on `start`; None if the studio has no words for it.

    What is returned, written again, is the same rule.
    """
    parts = _parts(rule)
    if not parts or not set(parts) <= _KNOWN:
        return None
    try:
        until = _until(parts.get("UNTIL", ""), zone)
        times = int(parts["COUNT"]) if "COUNT" in parts else None
    except ValueError:
        return None
    wanted = _essence(parts)
    for pace in Pace:
        weekly = pace in {Pace.WEEK, Pace.FORTNIGHT}
        days = tuple(code for code in CODES if code in parts.get("BYDAY", "").split(",")) if weekly else ()
        repeat = Repeat(pace, days, until, times)
        if any(_essence(_parts(pattern)) == wanted for pattern in _patterns(repeat, start)):
            return repeat
    return None


def words(rule: str) -> str:
    """Return a valid `rule` as a sentence, as far as words go: imported rules may say more than it does."""
    parts = _parts(rule)
    said = [_every(parts.get("FREQ", ""), int(parts.get("INTERVAL", "1") or 1))]
    if days := [_day(value) for value in parts.get("BYDAY", "").split(",") if value]:
        said.append(_("on %(days)s") % {"days": ", ".join(days)})
    if numbers := parts.get("BYMONTHDAY"):
        said.append(_("on the %(days)s of the month") % {"days": numbers.replace(",", ", ")})
    if months := [str(MONTHS[int(value)]) for value in parts.get("BYMONTH", "").split(",") if value in _MONTHS]:
        said.append(_("in %(months)s") % {"months": ", ".join(months)})
    if "COUNT" in parts:
        said.append(_("%(number)s times in all") % {"number": parts["COUNT"]})
    if until := parts.get("UNTIL"):
        said.append(_("until %(day)s") % {"day": formats.date_format(datetime.fromisoformat(until[:8]), "DATE_FORMAT")})
    return " ".join(said)


def _pattern(repeat: Repeat, start: date) -> str:
    days = f";BYDAY={','.join(repeat.days)}" if repeat.days else ""
    return {
        Pace.DAY: "FREQ=DAILY",
        Pace.WEEK: f"FREQ=WEEKLY{days}",
        Pace.FORTNIGHT: f"FREQ=WEEKLY;INTERVAL=2{days}",
        Pace.MONTH: "FREQ=MONTHLY",
        Pace.MONTH_WEEKDAY: f"FREQ=MONTHLY;BYDAY={_nth(start)}",
        Pace.YEAR: "FREQ=YEARLY",
    }[repeat.pace]


def _patterns(repeat: Repeat, start: date) -> list[str]:
    """Every way in which calendars write what `_pattern` means."""
    own = _pattern(repeat, start)
    if repeat.pace == Pace.MONTH:
        return [own, f"{own};BYMONTHDAY={start.day}"]
    if repeat.pace == Pace.YEAR:
        return [own, f"{own};BYMONTH={start.month}", f"{own};BYMONTH={start.month};BYMONTHDAY={start.day}"]
    if repeat.pace == Pace.WEEK and not repeat.days:
        return [own, f"{own};BYDAY={CODES[start.weekday()]}"]
    return [own]


def _nth(start: date) -> str:
    """The fifth Friday of a month is its last: most months have four."""
    place = (start.day - 1) // 7 + 1
    return f"{-1 if place == 5 else place}{CODES[start.weekday()]}"


def _parts(rule: str) -> dict[str, str]:
    pairs = (part.split("=", 1) for part in rule.upper().removeprefix("RRULE:").split(";") if "=" in part)
    return {name.strip(): value.strip() for name, value in pairs}


def _essence(parts: dict[str, str]) -> dict[str, object]:
    """What decides on which days it takes place, apart from its end; the order of weekdays does not."""
    kept = {name: value for name, value in parts.items() if name not in {"UNTIL", "COUNT", "WKST"}}
    if kept.get("INTERVAL") == "1":
        del kept["INTERVAL"]
    # The first day of the week decides only when weeks are skipped.
    if "INTERVAL" in kept and parts.get("WKST", "MO") != "MO":
        kept["WKST"] = parts["WKST"]
    return kept | {"BYDAY": frozenset(kept.get("BYDAY", "").split(","))}


def _until(value: str, zone: ZoneInfo) -> date | None:
    if not value:
        return None
    moment = datetime.fromisoformat(value)
    return moment.astimezone(zone).date() if moment.tzinfo else moment.date()


def _every(frequency: str, interval: int) -> str:
    number = {"number": interval}
    if frequency == "DAILY":
        return ngettext("Every day", "Every %(number)d days", interval) % number
    if frequency == "WEEKLY":
        return ngettext("Every week", "Every %(number)d weeks", interval) % number
    if frequency == "MONTHLY":
        return ngettext("Every month", "Every %(number)d months", interval) % number
    return ngettext("Every year", "Every %(number)d years", interval) % number


def _day(value: str) -> str:
    match = re.fullmatch(r"([+-]?\d+)?([A-Z]{2})", value)
    if match is None or match[2] not in CODES:
        return value
    day = str(WEEKDAYS[CODES.index(match[2])])
    place = int(match[1] or 0)
    if not place:
        return day
    if place == -1:
        return _("the last %(day)s") % {"day": day}
    return _("%(day)s number %(place)d") % {"day": day, "place": place}
