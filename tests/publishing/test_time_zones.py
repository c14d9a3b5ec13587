from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from icalendar import Timezone

from perron.publishing.kinds.event.time_zones import described

ZONES = (
    "Europe/Brussels",
    "Europe/Dublin",
    "America/New_York",
    "Australia/Sydney",
    "Asia/Kolkata",
    "Asia/Jerusalem",
    "Africa/Casablanca",
    "Pacific/Fiji",
)


@pytest.mark.parametrize("key", ZONES)
@pytest.mark.parametrize("since", [1995, 2026])
def test_the_clocks_change_when_they_do(key: str, since: int) -> None:
    """Read the way that RFC 5545 §3.6.5 prescribes: an observance begins at DTSTART, in the time that was before."""
    zone = ZoneInfo(key)
    end = datetime(2037, 1, 1, tzinfo=UTC)
    onsets = sorted(onset for onset in _onsets(described(key, since, 2026), until=2037) if onset[0] < end)
    assert onsets[0][0] < datetime(since, 1, 1, tzinfo=UTC)
    for (begins, offset), (ends, _) in pairwise([*onsets, (end, timedelta())]):
        for moment in (begins, begins + (ends - begins) / 2, ends - timedelta(seconds=1)):
            assert moment.astimezone(zone).utcoffset() == offset, moment


def test_a_rule_is_a_rule_for_good() -> None:
    brussels = described("Europe/Brussels", 2026, 2026)
    assert [cast("Any", each["RRULE"]).to_ical() for each in brussels.subcomponents] == [
        b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        b"FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    ]
    # Some calendar programs read only the first date of a list.
    for key in ZONES:
        assert not any("RDATE" in each for each in described(key, 1995, 2026).subcomponents)


def _onsets(timezone: Timezone, until: int) -> list[tuple[datetime, timedelta]]:
    found: list[tuple[datetime, timedelta]] = []
    for each in cast("Iterable[Any]", timezone.subcomponents):
        before, start = each["TZOFFSETFROM"].td, each["DTSTART"].dt
        starts = [start]
        if "RRULE" in each:
            rule = rrulestr(each["RRULE"].to_ical().decode(), dtstart=start)
            starts = list(rule.between(start, datetime(until, 1, 1), inc=True))  # noqa: DTZ001 local time
        found += [((local - before).replace(tzinfo=UTC), each["TZOFFSETTO"].td) for local in starts]
    return found
