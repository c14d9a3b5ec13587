"""Belgian public holidays: the ten days of the royal decree of 18 April 1974, art. 1 (act of 4 January 1974)."""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

_FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension, Whit Monday: so many days after Easter Sunday.
_AFTER_EASTER = (1, 39, 50)


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the ten public holidays of `year`. Two can fall on one day (1 May 2008 was Ascension too)."""
    sunday: date = easter(year)
    fixed = (date(year, month, day) for month, day in _FIXED)
    return frozenset([*fixed, *(sunday + timedelta(days=days) for days in _AFTER_EASTER)])


def is_working_day(day: date) -> bool:
    """Say whether `day` is none of a public holiday, Sunday and Saturday (Regulation 1182/71 art. 2(2))."""
    return day.weekday() < 5 and day not in holidays(day.year)
