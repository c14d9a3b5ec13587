"""Days and hours of the one clock, on the nights in which summer begins and ends."""

from datetime import UTC, date, datetime, time

import pytest

from perron.core import clock

pytestmark = pytest.mark.once


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        (date(2027, 3, 28), "2027-03-27 23:00", "2027-03-28 22:00"),
        (date(2026, 10, 25), "2026-10-24 22:00", "2026-10-25 23:00"),
        (date(2026, 11, 25), "2026-11-24 23:00", "2026-11-25 23:00"),
    ],
)
def test_a_day_ends_at_midnight_however_many_hours_it_has(day: date, begins: str, ends: str) -> None:
    moment = utc(begins)
    while moment < utc(ends):
        assert clock.day_of(moment) == day
        assert clock.next_midnight(moment) == clock.end_of_day(day) == utc(ends)
        moment += (utc(ends) - utc(begins)) / 50
    assert clock.day_of(utc(ends)) > day


@pytest.mark.parametrize(
    ("day", "shown", "found"),
    [
        (date(2026, 11, 25), time(2, 30), ["2026-11-25 01:30"]),
        (date(2027, 3, 28), time(1, 59), ["2027-03-28 00:59"]),
        (date(2027, 3, 28), time(2, 0), ["2027-03-28 01:00"]),
        (date(2027, 3, 28), time(2, 30), ["2027-03-28 01:00"]),
        (date(2027, 3, 28), time(3, 0), ["2027-03-28 01:00"]),
        (date(2026, 10, 25), time(1, 59), ["2026-10-24 23:59"]),
        (date(2026, 10, 25), time(2, 30), ["2026-10-25 00:30", "2026-10-25 01:30"]),
        (date(2026, 10, 25), time(3, 0), ["2026-10-25 02:00"]),
    ],
)
def test_clocks_show_a_time_once_or_twice_or_go_over_it(day: date, shown: time, found: list[str]) -> None:
    assert clock.moments(day, shown) == [utc(each) for each in found]
