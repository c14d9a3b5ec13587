"""A day, a week or a month of the agenda, with the way to the one before and the one after."""

from calendar import Calendar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.core.clock import BRUSSELS, today
from perron.core.errors import NotFound
from perron.publishing.kinds.event.occurring import HORIZON, PAST

type View = Literal["day", "week", "month"]
VIEWS: dict[View, Promise] = {"day": gettext_lazy("Day"), "week": gettext_lazy("Week"), "month": gettext_lazy("Month")}


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included."""

    view: View
    first: date
    last: date

    @property
    def start(self) -> datetime:
        """The moment at which it begins in Brussels."""
        return datetime.combine(self.first, time(), BRUSSELS)

    @property
    def end(self) -> datetime:
        """The moment at which it is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), BRUSSELS)

    @property
    def days(self) -> list[date]:
        """Each of its days."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def weeks(self) -> list[list[date]]:
        """The whole weeks, Monday to Sunday, that hold it."""
        days = list(Calendar().itermonthdates(self.first.year, self.first.month))
        return [days[n : n + 7] for n in range(0, len(days), 7)]

    @property
    def before(self) -> date | None:
        """A day of the period before, unless it is further back than occurrences are kept."""
        day = self.first - timedelta(days=1)
        return day if day >= today() - PAST else None

    @property
    def after(self) -> date | None:
        """A day of the period after, unless it is further ahead than occurrences are worked out."""
        day = self.last + timedelta(days=1)
        return day if day <= today() + HORIZON else None


def asked(request: HttpRequest) -> Period:
    """Return the period that `view` and `date` of the address name (default: this week).

    Raises `NotFound` for anything else, and for days outside what the agenda knows: so the number of
    different pages is bounded.
    """
    view = request.GET.get("view", "week")
    try:
        day = date.fromisoformat(request.GET["date"]) if "date" in request.GET else today()
    except ValueError as error:
        raise NotFound(_("There is no such day.")) from error
    if view not in VIEWS:
        raise NotFound(_("The agenda shows a day, a week or a month."))
    if not today() - PAST - timedelta(days=31) <= day <= today() + HORIZON:
        raise NotFound(_("The agenda does not reach that far."))
    return period(view, day)


def period(view: View, day: date) -> Period:
    """Return the period of this sort that holds `day`."""
    if view == "day":
        return Period(view, day, day)
    if view == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(view, monday, monday + timedelta(days=6))
    first = day.replace(day=1)
    return Period(view, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
