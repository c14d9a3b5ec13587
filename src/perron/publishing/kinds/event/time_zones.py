"""Time zones as a calendar carries them with its events (VTIMEZONE, RFC 5545 §3.6.5).

A change that recurs by the same rule in each year is written as that rule, so that it holds for all years to come:
calendar programs read lists of dates differently, and no list is long enough.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

# How far the changes of a zone without a rule (those that follow the moon, say) are listed.
_YEARS = 12
# Before this year no event of ours takes place, and zones were wild.
_FIRST = 1971
_DAY = timedelta(days=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class _Change:
    """The moment at which a zone's clocks change: `at` is what they showed until then."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool

    def rule(self, *, last: bool) -> tuple[object, ...]:
        """What is the same each year; the week of the month is counted from its end if `last`."""
        week = -1 if last else (self.at.day - 1) // 7 + 1
        return self.at.month, week, self.at.weekday(), self.at.time(), self.before, self.after, self.name

    @property
    def is_in_last_week(self) -> bool:
        """Whether no other day of this name follows in the month."""
        return (self.at + 7 * _DAY).month != self.at.month


@lru_cache(64)
def described(key: str, since: int, today: int) -> Timezone:
    """Return the zone `key` of the time zone database as a VTIMEZONE that holds from the year `since` on.

    `today` is the present year: a rule is one only if it holds from then on.
    """
    zone, since = ZoneInfo(key), max(since, _FIRST)
    begin, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (since - 1, max(since, today) + _YEARS))
    changes = list(_changes(zone, begin, end))
    described = Timezone()
    described.add("tzid", key)
    if not changes or changes[0].at.year >= since:
        described.add_component(_observance(_state(zone, begin), None))
    while changes:
        rule, same = _recurring(changes[0], changes)
        described.add_component(_observance(changes[0], rule))
        changes = [each for each in changes if each not in same]
    return described


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[_Change]:
    moment = begin
    while moment < end:
        if _look(zone, moment) != _look(zone, moment + _DAY):
            early, late = moment, moment + _DAY
            while late - early > timedelta(seconds=1):
                middle = (early + (late - early) / 2).replace(microsecond=0)
                early, late = (early, middle) if _look(zone, middle) != _look(zone, moment) else (middle, late)
            yield _state(zone, late, before=_look(zone, early)[0])
        moment += _DAY


def _look(zone: ZoneInfo, moment: datetime) -> tuple[timedelta, str, bool]:
    local = moment.astimezone(zone)
    return local.utcoffset() or timedelta(), local.tzname() or "", (local.dst() or timedelta()) > timedelta()


def _state(zone: ZoneInfo, moment: datetime, before: timedelta | None = None) -> _Change:
    after, name, is_summer = _look(zone, moment)
    before = after if before is None else before
    return _Change((moment + before).replace(tzinfo=None), before, after, name, is_summer)


def _recurring(first: _Change, changes: list[_Change]) -> tuple[str | None, list[_Change]]:
    """Return the RRULE by which `first` recurs in every year that is listed, and the changes it stands for."""
    years = {each.at.year for each in changes if each.at.year > first.at.year}
    for last in (True, False):
        same = [each for each in changes if each.rule(last=last) == first.rule(last=last)]
        if last and not all(each.is_in_last_week for each in same):
            continue
        if len(years) >= _YEARS - 1 and years <= {each.at.year for each in same}:
            week = -1 if last else (first.at.day - 1) // 7 + 1
            day = f"{week}{_WEEKDAYS[first.at.weekday()]}"
            return f"FREQ=YEARLY;BYMONTH={first.at.month};BYDAY={day}", same
    return None, [first]


def _observance(change: _Change, rule: str | None) -> TimezoneStandard | TimezoneDaylight:
    observance = TimezoneDaylight() if change.is_summer else TimezoneStandard()
    observance.add("dtstart", change.at)
    observance.add("tzoffsetfrom", change.before)
    observance.add("tzoffsetto", change.after)
    observance.add("tzname", change.name)
    if rule:
        observance.add("rrule", vRecur.from_ical(rule))
    return observance
