"""Where events and works are, as GeoJSON (RFC 7946), for maps of other programs."""

from typing import Any

from django.db.models import Q

from perron.communities.models import Area, Community
from perron.core.clock import now
from perron.publishing.card_parts import fetch_card_parts
from perron.publishing.models import Item
from perron.publishing.presenting import Story, present_card
from perron.reader.api.whereabouts import Whereabouts
from perron.reader.cards import works_times
from perron.reader.selecting import WEEKS_AHEAD, Span, upcoming

MOST = 300


def features(community: Community, language: str, here: Whereabouts) -> list[dict[str, Any]]:
    """Return the events that a community shows of the next weeks and its works, as Features, what begins first in
    front: with their own point, else with the outline of their area, else with none."""
    moment = now()
    times = upcoming([community], moment, moment + WEEKS_AHEAD)
    works = Q(kind="works", community=community, matters_until__gt=moment)
    wanted = Q(pk__in=list(times)[:MOST]) | works
    rows = list(Item.objects.released(moment).filter(wanted).with_details().prefetch_related("areas")[:MOST])
    parts = fetch_card_parts(rows, [community])
    found = [
        (next(iter(times.get(row.pk, ()) or works_times(row))), present_card(row, parts[row.pk], language), row)
        for row in rows
    ]
    found.sort(key=lambda one: (one[0], one[2].pk))
    return [_feature(story, span, list(row.areas.all()), here) for span, story, row in found]


def _feature(story: Story, span: Span, areas: list[Area], here: Whereabouts) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": str(story.id),
        "geometry": _geometry(story, areas),
        "properties": {
            "kind": story.kind,
            "title": story.title,
            "summary": story.summary,
            "language": story.language,
            "place": story.details.place,
            "starts": span[0].isoformat(),
            "ends": span[1].isoformat(),
            "community": story.community.slug,
            "url": here.page(story.community, f"{story.slug}/", story.wanted),
        },
    }


def _geometry(story: Story, areas: list[Area]) -> Any:
    latitude, longitude = story.details.latitude, story.details.longitude
    if latitude is not None and longitude is not None:
        return {"type": "Point", "coordinates": [longitude, latitude]}
    return next((area.polygon for area in areas if area.polygon), None)
