"""Until when a request must be answered (GDPR art. 12(3), (4) and (6)).

Periods are counted by Regulation (EEC, Euratom) No 1182/71: the day of receipt does not count (art. 3(1)); a period in
months ends with the last hour of the day that has the date of receipt, or of the last day of a month that lacks it
(art. 3(2)(c)); a last day that is a public holiday, Sunday or Saturday moves to the next working day (art. 3(4)).
Days are those of Brussels.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from perron.core.clock import end_of_day
from perron.privacy.requests.holidays import is_working_day

# GDPR art. 12(3).
MONTHS = 1
MONTHS_MORE = 2


@dataclass(frozen=True)
class Deadline:
    """What the law leaves to answer one request.

    `received` is the day on which it came in, `paused` the number of whole days that the clock stood still because
    the identity was in doubt (art. 12(6)), `extended` whether two more months were announced with reasons.
    """

    received: date
    paused: int = 0
    extended: bool = False

    @property
    def day(self) -> date:
        """The last day on which the answer is in time."""
        months = MONTHS + (MONTHS_MORE if self.extended else 0)
        return last_day(self.received, months, paused=self.paused)

    @property
    def moment(self) -> datetime:
        """When that day ends in Brussels, in UTC."""
        return end_of_day(self.day)

    @property
    def announcing(self) -> date:
        """The last day to announce an extension, or to refuse with reasons: within the first month."""
        return last_day(self.received, MONTHS, paused=self.paused)


def last_day(received: date, months: int, *, paused: int = 0) -> date:
    """Return the last day of a period of `months` that runs from the day `received`, having stood still `paused` days.

    `relativedelta` takes the last day of a month that lacks the date, as art. 3(2)(c) does.
    """
    day: date = received + relativedelta(months=months) + timedelta(days=paused)
    return next_working_day(day)


def next_working_day(day: date) -> date:
    """Return `day` itself if it is a working day, else the first one after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def days_left(until: date, today: date) -> int:
    """Return how many days there are from `today` to `until`, the last included; negative once it is over."""
    return (until - today).days
