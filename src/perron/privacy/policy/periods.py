"""Periods as policies state them: whole years, months, weeks and days (ISO 8601-1 §5.5.2)."""

import re
from dataclasses import dataclass
from datetime import datetime

from dateutil.relativedelta import relativedelta

_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
# Longer than anybody's life is no limit, and calendars end.
_LONGEST = 100


@dataclass(frozen=True)
class Period:
    """A length of calendar time: one year after 29 February is 28 February."""

    years: int = 0
    months: int = 0
    weeks: int = 0
    days: int = 0

    @classmethod
    def parse(cls, iso: str) -> "Period":
        """Read "P1Y", "P6M", "P30D"… Raises `ValueError` with the remedy."""
        found = _ISO.fullmatch(iso) if isinstance(iso, str) else None
        if not found or not any(found.groups()):
            raise ValueError(f"{iso!r} is no ISO 8601 period; write for example P1Y, P6M or P30D")
        period = cls(*(int(number or 0) for number in found.groups()))
        years = period.years + period.months / 12 + period.weeks / 52 + period.days / 365
        if not 0 < years <= _LONGEST:
            raise ValueError(f"{iso!r} is no time to keep data; write one from P1D to P{_LONGEST}Y")
        return period

    def after(self, moment: datetime) -> datetime:
        """Return the moment one period after `moment`."""
        later: datetime = moment + self._delta
        return later

    def before(self, moment: datetime) -> datetime:
        """Return the moment one period before `moment`: what began by then is over at `moment`."""
        earlier: datetime = moment - self._delta
        return earlier

    def __str__(self) -> str:
        parts = ((self.years, "Y"), (self.months, "M"), (self.weeks, "W"), (self.days, "D"))
        return "P" + ("".join(f"{number}{unit}" for number, unit in parts if number) or "0D")

    @property
    def _delta(self) -> relativedelta:
        return relativedelta(years=self.years, months=self.months, weeks=self.weeks, days=self.days)
