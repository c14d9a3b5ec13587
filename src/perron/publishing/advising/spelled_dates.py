"""Dates as people write them in French, Dutch, German and English."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from perron.core.text import normalise

_MONTHS = """
    janvier janv januari jan januar jänner january|février fevrier févr fév februari feb februar february|
    mars mrt maart märz march mar|avril avr april apr|mai mei may|juin juni june jun|juillet juil juli july jul|
    août aout augustus aug august|septembre sept september sep|octobre oct oktober okt october|
    novembre nov november|décembre decembre déc december dec dezember dez
"""
_WEEKDAYS = """
    lundi maandag montag monday|mardi dinsdag dienstag tuesday|mercredi woensdag mittwoch wednesday|
    jeudi donderdag donnerstag thursday|vendredi vrijdag freitag friday|samedi zaterdag samstag sonnabend saturday|
    dimanche zondag sonntag sunday
"""


def _numbered(table: str) -> dict[str, int]:
    return {name: number for number, row in enumerate(table.split("|")) for name in row.split()}


_MONTH, _WEEKDAY = _numbered(_MONTHS), _numbered(_WEEKDAYS)
_MONTH_NAMES = "|".join(sorted(_MONTH, key=len, reverse=True))
_WEEKDAY_NAMES = "|".join(_WEEKDAY)
_BEFORE = rf"(?:\b(?P<weekday>{_WEEKDAY_NAMES}),?\s+(?:le\s+|den\s+|der\s+|the\s+)?)?"
_NAMED = re.compile(
    rf"{_BEFORE}(?<![\d.,:/-])(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|\.)?\s*(?:of\s+|de\s+)?\b(?P<month>{_MONTH_NAMES})\b\.?"
    r"(?:,?\s+(?P<year>\d{4})\b)?",
    re.IGNORECASE,
)
_AMERICAN = re.compile(
    rf"{_BEFORE}\b(?P<month>{_MONTH_NAMES})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,\s*|\s+)(?P<year>\d{{4}})\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    rf"{_BEFORE}(?<![\d.,:/-])(?P<day>\d{{1,2}})(?P<mark>[./-])(?P<month>\d{{1,2}})(?P=mark)(?P<year>(?:19|20)\d\d)"
    r"(?![\d/-]|\.\d)",
    re.IGNORECASE,
)
_ISO = re.compile(
    rf"{_BEFORE}(?<![\d./-])(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])", re.IGNORECASE
)
# “3, 4 et 5 mars”, “samedi 3 et dimanche 4 mars”, “3.–5. März”: the days before the one with the month.
_JOINED = r"\s*(?:,|et|au|à|en|tot|t/m|tot en met|und|bis|and|to|[-–—&/+])\s*(?:(?:le|den|the)\s+)?"
_MORE_DAYS = re.compile(
    rf"((?:\b\d{{1,2}}(?:er|\.|st|nd|rd|th)?{_JOINED}(?:(?:{_WEEKDAY_NAMES})\s+)?)+)$", re.IGNORECASE
)
# Without a year, the next such day is meant, unless it was just now.
_JUST_NOW = timedelta(days=60)
_YEAR = 366
# A sentence with more dates is a table, or an attack.
_MOST = 100


@dataclass(frozen=True)
class Spelled:
    """A date as it was written; `days` are those it names, none if there is no such day."""

    words: str
    # Where it begins in the text.
    start: int
    days: tuple[date, ...]
    weekday_agrees: bool = True

    @property
    def last(self) -> date | None:
        """The last day that it names."""
        return max(self.days, default=None)


def spelled(text: str, today: date) -> list[Spelled]:
    """Return the dates in `text`, in order. One without a year is the next of its name, or one just gone."""
    found: list[Spelled] = []
    for pattern in (_ISO, _NUMBERS, _NAMED, _AMERICAN):
        for match in islice(pattern.finditer(text), _MOST):
            if not any(_overlaps(match, one) for one in found):
                found.append(_read(match, text, today))
    return sorted(found, key=lambda one: one.start)


def _overlaps(match: re.Match[str], one: Spelled) -> bool:
    return match.start() < one.start + len(one.words) and one.start < match.end()


def _read(match: re.Match[str], text: str, today: date) -> Spelled:
    named = match["month"].lower()
    month = int(named) if named.isdigit() else _MONTH[named] + 1
    weekday = _WEEKDAY[match["weekday"].lower()] if match["weekday"] else None
    day = _day(match["year"], month, int(match["day"]), weekday, today)
    if day is None:
        return Spelled(match[0], match.start(), ())
    more = _MORE_DAYS.search(text[max(match.start() - 60, 0) : match.start()])
    days = [day, *_others(more[1] if more else "", day)]
    return Spelled(match[0], match.start(), tuple(sorted(days)), weekday is None or day.weekday() == weekday)


def _day(year: str | None, month: int, day: int, weekday: int | None, today: date) -> date | None:
    if year:
        return _date(int(year), month, day)
    candidates = [one for one in _around(month, day, today) if today - _JUST_NOW <= one <= today + timedelta(_YEAR)]
    agreeing = [one for one in candidates if weekday is None or one.weekday() == weekday]
    return next(iter(agreeing or candidates), None) or next(iter(_around(month, day, today)), None)


def _around(month: int, day: int, today: date) -> Sequence[date]:
    """The days of this name in the years around, also of 29 February."""
    return [one for year in range(today.year - 1, today.year + 5) if (one := _date(year, month, day))]


def _others(before: str, day: date) -> Iterator[date]:
    for number in re.findall(r"\d{1,2}", normalise(before)):
        other = _date(day.year, day.month, int(number))
        if other:
            yield other


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
