"""The dates were worked out by hand, on a calendar."""

from datetime import UTC, date, datetime

import pytest

from perron.core.clock import today, travel
from perron.privacy.requests.deadlines import Deadline, days_left
from perron.privacy.requests.holidays import holidays, is_working_day

# Received, last day of one month, last day of three months, what the row is about.
CASES = [
    ("2026-03-05", "2026-04-07", "2026-06-05", "5 April 2026 is Easter Sunday, then Easter Monday: Tuesday"),
    ("2026-11-24", "2026-12-24", "2027-02-24", "an ordinary Tuesday; 24 December is a working day"),
    ("2026-11-25", "2026-12-28", "2027-02-25", "Christmas on a Friday, then a weekend: Monday"),
    ("2026-01-30", "2026-03-02", "2026-04-30", "28 February for want of a 30th, a Saturday: Monday 2 March"),
    ("2026-01-31", "2026-03-02", "2026-04-30", "28 February is a Saturday; April has 30 days"),
    ("2028-01-31", "2028-02-29", "2028-05-02", "leap year: 29 February, a Tuesday; 30 April 2028 is a Sunday, 1 May"),
    ("2028-01-29", "2028-02-29", "2028-05-02", "a leap day by its own date; 29 April a Saturday, Sunday, 1 May"),
    ("2028-02-29", "2028-03-29", "2028-05-29", "from a leap day to the 29th"),
    ("2027-01-29", "2027-03-01", "2027-04-29", "no 29 February: the 28th, a Sunday"),
    ("2026-08-31", "2026-09-30", "2026-11-30", "September has 30 days"),
    ("2026-06-21", "2026-07-22", "2026-09-21", "21 July, the national holiday, a Tuesday"),
    ("2026-07-15", "2026-08-17", "2026-10-15", "Assumption on a Saturday"),
    ("2026-10-11", "2026-11-12", "2027-01-11", "Armistice on a Wednesday"),
    ("2026-10-01", "2026-11-02", "2027-01-04", "All Saints' on a Sunday; New Year on a Friday, then a weekend"),
    ("2026-04-14", "2026-05-15", "2026-07-14", "Ascension, 14 May 2026; the Friday after it is a working day"),
    ("2026-04-25", "2026-05-26", "2026-07-27", "Whit Monday, 25 May 2026; 25 July a Saturday"),
    ("2026-12-01", "2027-01-04", "2027-03-01", "over the end of the year, New Year on a Friday"),
    ("2027-02-28", "2027-03-30", "2027-05-28", "28 March 2027 is Easter Sunday, 29 Easter Monday"),
]  # fmt: skip


@pytest.mark.parametrize(("received", "one", "three", "about"), CASES)
def test_the_last_day_of_the_first_and_of_the_third_month(received: str, one: str, three: str, about: str) -> None:
    day = date.fromisoformat(received)
    assert Deadline(day).day == date.fromisoformat(one), about
    assert Deadline(day, extended=True).day == date.fromisoformat(three), about


def test_an_extension_and_a_refusal_belong_in_the_first_month() -> None:
    assert Deadline(date(2026, 11, 24), extended=True).announcing == date(2026, 12, 24)


def test_days_in_which_the_identity_was_in_doubt_do_not_count() -> None:
    assert Deadline(date(2026, 11, 24), paused=3).day == date(2026, 12, 28)  # the 27th is a Sunday
    assert Deadline(date(2026, 11, 24), paused=10).announcing == date(2027, 1, 4)  # 3 January is a Sunday


def test_the_day_ends_in_brussels_in_summer_and_in_winter() -> None:
    assert Deadline(date(2026, 12, 3)).moment == datetime(2027, 1, 4, 23, tzinfo=UTC)  # 3 January is a Sunday
    assert Deadline(date(2026, 5, 4)).moment == datetime(2026, 6, 4, 22, tzinfo=UTC)
    # The clocks change on Sunday 29 March 2026: what is received in winter is due in summer.
    assert Deadline(date(2026, 2, 27)).moment == datetime(2026, 3, 27, 23, tzinfo=UTC)
    assert Deadline(date(2026, 2, 28)).moment == datetime(2026, 3, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(("moment", "day"), [("2026-07-01T21:59", 1), ("2026-07-01T22:00", 2), ("2026-12-01T22:30", 1)])
def test_the_day_of_receipt_is_that_of_brussels(moment: str, day: int) -> None:
    with travel(datetime.fromisoformat(moment).replace(tzinfo=UTC)):
        assert today().day == day


def test_the_ten_holidays_of_the_law() -> None:
    assert sorted(holidays(2026)) == [
        date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14), date(2026, 5, 25),
        date(2026, 7, 21), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11), date(2026, 12, 25),
    ]  # fmt: skip
    assert len(holidays(2008)) == 9
    assert date(2008, 5, 1) in holidays(2008)


def test_bridges_and_days_that_are_holidays_elsewhere_are_worked() -> None:
    for worked in (date(2026, 4, 3), date(2026, 5, 15), date(2026, 11, 2), date(2027, 12, 24), date(2028, 12, 26)):
        assert is_working_day(worked)


def test_days_left() -> None:
    assert days_left(date(2026, 12, 24), date(2026, 12, 20)) == 4
    assert days_left(date(2026, 12, 24), date(2026, 12, 27)) == -3
