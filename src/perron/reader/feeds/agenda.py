"""A community's events as a calendar to subscribe to: iCalendar (RFC 5545, RFC 7986)."""

from collections.abc import Iterable
from datetime import UTC, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from icalendar import Calendar, vText

from perron.core.clock import now, today
from perron.core.markdown import plain
from perron.publishing.kinds.event import calendar
from perron.publishing.kinds.event.occurring import PAST
from perron.publishing.kinds.event.time_zones import described
from perron.publishing.models import Occurrence
from perron.publishing.presenting import Story, present
from perron.reader.feeds.channel import Channel
from perron.reader.feeds.rss import rights
from perron.reader.selecting import newest_keys

MEDIA_TYPE = "text/calendar; charset=utf-8"
MOST = 1_000
_REFRESH = timedelta(hours=1)


def upcoming(channel: Channel) -> list[Story]:
    """Return the events that take place now or later, or did so within the last month, newest published first."""
    since = now() - PAST
    times = Occurrence.objects.filter(ends_at__gte=since).values("item")
    # Occurrences are known up to a horizon; what lies beyond it is in the calendar all the same.
    items = channel.items().filter(Q(pk__in=times) | Q(eventdetails__ends_at__gte=since), kind="event")
    keys = newest_keys(items, [channel.community], MOST)
    return [present(item, channel.language) for item in channel.items().filter(pk__in=keys).with_all()]


def write(channel: Channel, stories: Iterable[Story]) -> bytes:
    """Return the calendar; lines are folded and end in CRLF."""
    agenda = Calendar()
    agenda.add("prodid", "-//Perron//Perron//EN")
    agenda.add("version", "2.0")
    agenda.add("calscale", "GREGORIAN")
    agenda.add("uid", str(channel.uuid("agenda")))
    name = _("Agenda: %(name)s") % {"name": channel.name}
    for key, value in (("name", name), ("x-wr-calname", name), ("description", channel.description),
                       ("x-wr-caldesc", channel.description), ("x-wr-timezone", "Europe/Brussels"),
                       ("url", channel.page)):  # fmt: skip
        # Without a type of their own, X- properties are TEXT, whose commas are escaped (RFC 5545 §3.8.8.2).
        agenda.add(key, vText(value) if key.startswith("x-") else value)
    # These two have no default type (RFC 7986 §5.7, §5.8).
    agenda.add("source", channel.address, parameters={"VALUE": "URI"})
    agenda.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    agenda.add("x-published-ttl", "PT1H")
    stories = list(stories)
    for zone, since in _zones(stories).items():
        agenda.add_component(described(zone, since, today().year))
    for story in stories:
        for entry in calendar.entries(story.details, story.id, _common(channel, story)):
            agenda.add_component(entry)
    written: bytes = agenda.to_ical()
    return written


def _zones(stories: Iterable[Story]) -> dict[str, int]:
    """Return the zones that times are in, and the year of the first event in each; days and UTC need none."""
    zones: dict[str, int] = {}
    for details in (story.details for story in stories):
        if not details.all_day and details.time_zone != "UTC":
            year = details.starts_at.year
            zones[details.time_zone] = min(year, zones.get(details.time_zone, year))
    return zones


def _common(channel: Channel, story: Story) -> dict[str, Any]:
    details = story.details
    description = "\n\n".join(filter(None, (story.summary, plain(story.html), details.price, details.registration_url,
                                            rights(story))))  # fmt: skip
    changed = story.changed_at.astimezone(UTC).replace(microsecond=0)
    common: dict[str, Any] = {
        "dtstamp": changed,
        "created": story.published_at.astimezone(UTC).replace(microsecond=0),
        "last-modified": changed,
        "sequence": story.edition,
        "summary": story.title,
        "description": description,
        "location": ", ".join(filter(None, (details.place, details.address))),
        "geo": (details.latitude, details.longitude) if None not in (details.latitude, details.longitude) else None,
        "url": channel.link(story),
        "categories": channel.topics(story),
        "status": "CONFIRMED",
    }
    return {name: value for name, value in common.items() if value not in ("", None, [])}
