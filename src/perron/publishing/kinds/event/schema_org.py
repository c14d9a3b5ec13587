import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from perron.core.text import normalise
from perron.publishing.kinds.event.model import EventDetails
from perron.publishing.presenting import Story

_FREE = {"gratuit", "gratuite", "gratis", "free", "kostenlos", "frei"}
_AMOUNT = re.compile(r"\d+(?:[.,]\d\d)?")
_PERIODS = {"DAILY": "D", "WEEKLY": "W", "MONTHLY": "M", "YEARLY": "Y"}
_DAYS = {"MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
         "SU": "Sunday"}  # fmt: skip


def describe(story: Story) -> dict[str, Any]:
    """Return an event as a schema.org Event, its repetition as a Schedule."""
    event: EventDetails = story.details
    zone = ZoneInfo(event.time_zone)
    start, end = event.starts_at.astimezone(zone), event.ends_at.astimezone(zone)
    return {
        "@type": "Event",
        "name": story.title,
        "startDate": _moment(start, event),
        "endDate": _moment(end - timedelta(days=1) if event.all_day else end, event),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": _place(event, story),
        "offers": _offer(event),
        "isAccessibleForFree": True if _is_free(event) else None,
        "eventSchedule": _schedule(event, start, end) if event.recurrence else None,
    }


def _moment(local: datetime, event: EventDetails) -> str:
    return (local.date() if event.all_day else local).isoformat()


def _place(event: EventDetails, story: Story) -> dict[str, Any]:
    """Search engines want a place: without one, the community's own."""
    community = story.community
    place: dict[str, Any] = {"@type": "Place", "name": event.place or community.name_in(story.language)}
    address = event.address or f"{community.postal_code} {community.locality}".strip()
    place["address"] = address or community.name_in(story.language)
    if event.latitude is not None and event.longitude is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": event.latitude, "longitude": event.longitude}
    return place


def _offer(event: EventDetails) -> dict[str, Any] | None:
    """Return price and registration; a price only where the text names exactly one amount, or none at all."""
    offer: dict[str, Any] = {"@type": "Offer", "url": event.registration_url or None}
    amounts = _AMOUNT.findall(event.price)
    if _is_free(event):
        offer |= {"price": "0", "priceCurrency": "EUR"}
    elif len(amounts) == 1:
        offer |= {"price": amounts[0].replace(",", "."), "priceCurrency": "EUR"}
    elif event.price:
        offer["description"] = event.price
    return offer if len(offer) > 2 or event.registration_url else None


def _is_free(event: EventDetails) -> bool:
    return normalise(event.price) in _FREE


def _schedule(event: EventDetails, start: datetime, end: datetime) -> dict[str, Any]:
    rule = dict(part.split("=", 1) for part in event.recurrence.split(";"))
    days = [day for day in rule.get("BYDAY", "").split(",") if day]
    schedule: dict[str, Any] = {
        "@type": "Schedule",
        "startDate": start.date().isoformat(),
        "repeatFrequency": f"P{rule.get('INTERVAL', '1')}{_PERIODS[rule['FREQ']]}",
        "scheduleTimezone": event.time_zone,
        "repeatCount": int(rule["COUNT"]) if "COUNT" in rule else None,
        "endDate": _day(rule["UNTIL"]) if "UNTIL" in rule else None,
        "byDay": [f"https://schema.org/{_DAYS[day]}" for day in days] if set(days) <= set(_DAYS) else days,
        "exceptDate": [_day(stamp) for stamp in event.except_dates.split()],
    }
    if not event.all_day:
        schedule |= {"startTime": f"{start:%H:%M:%S}", "endTime": f"{end:%H:%M:%S}"}
    return schedule


def _day(stamp: str) -> str:
    return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:8])).isoformat()
