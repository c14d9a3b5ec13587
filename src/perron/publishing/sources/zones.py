"""The time zones of calendars: Olson names, Windows names, and zones that a file defines itself."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from perron.core.clock import BRUSSELS

# Tried first where several zones have the same rules: the neighbours, then the continents' largest.
_FAMILIAR = ("Europe/Brussels", "Europe/Paris", "Europe/London", "Europe/Athens", "Europe/Lisbon", "Europe/Moscow",
             "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Asia/Tokyo")  # fmt: skip
_YEARS = 3


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of an Olson name, a Windows name, or a name that ends in an Olson name; None if unknown."""
    name = name.strip().strip("\"'/")
    if olson := WINDOWS_TO_OLSON.get(name):
        return ZoneInfo(olson)
    inside = re.search(r"[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_+-]+){1,2}$|UTC$|GMT$", name)
    for candidate in (name, inside[0] if inside else ""):
        if candidate in available_timezones():
            return ZoneInfo(candidate)
    return None


def zone_of(moment: datetime) -> ZoneInfo | None:
    """Return the zone of the database that the moment's own is, by its name or by its rules; None if none is.

    A file may define "custom_Pacific/Fiji" or "Western/Central Europe" as it likes. A name is believed if the
    moment agrees with it; else that zone is taken whose offsets are the same for three years.
    """
    own = moment.tzinfo
    if own is None:
        return None
    if isinstance(own, ZoneInfo) and own.key:
        return own
    if moment.utcoffset() == timedelta(0) and (own is UTC or str(own.tzname(None) or "") == "UTC"):
        return ZoneInfo("UTC")
    called = zone_named(str(getattr(own, "_tzid", "")))
    if called and moment.replace(tzinfo=called).utcoffset() == moment.utcoffset():
        return called
    names = (*_FAMILIAR, *sorted(available_timezones()))
    return next((zone for name in names if _agree(moment, own, zone := ZoneInfo(name))), None)


def place_of(moment: datetime, unknown: ZoneInfo = BRUSSELS) -> ZoneInfo:
    """Return the zone in which a single event is shown: its own, or `unknown` for UTC and for none."""
    zone = zone_of(moment)
    return unknown if zone is None or zone.key == "UTC" else zone


def _agree(moment: datetime, own: tzinfo, zone: ZoneInfo) -> bool:
    if moment.replace(tzinfo=zone).utcoffset() != moment.utcoffset():
        return False
    local = moment.replace(tzinfo=None)
    steps = (local + timedelta(days=days) for days in range(0, 366 * _YEARS, 11))
    return all(step.replace(tzinfo=zone).utcoffset() == step.replace(tzinfo=own).utcoffset() for step in steps)
