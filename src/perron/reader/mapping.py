"""The map: where the events of the next weeks and the works are, of what is followed or of one community."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from math import hypot
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from perron.communities import communes, versions
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.communities.outlines import Box, Outline, around, on_plane, outlines
from perron.core.clock import next_midnight, now
from perron.core.language import localised
from perron.publishing.card_parts import fetch_card_parts
from perron.publishing.models import Item
from perron.publishing.presenting import present_card
from perron.reader import framing
from perron.reader.cards import Card, works_times
from perron.reader.choices import chosen
from perron.reader.finding import communities_of, community_here
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import WEEKS_AHEAD, upcoming

MOST_ITEMS = 300
# A marker is 24 units across on a map that is 360 wide: as many pixels, on a telephone, as a finger needs at least.
_WIDE, _APART = 360, 28
_SMALLEST = 40.0

type Point = tuple[int, int]


@dataclass(frozen=True)
class Found:
    """An item and where it is: the names of the commune and of the place, and its point on the plane, or None."""

    card: Card
    commune: str
    where: str
    point: Point | None


@dataclass
class Spot:
    """What is at one marker, or, without a point, at none."""

    number: int
    point: Point | None
    found: list[Found]

    @property
    def name(self) -> str:
        """The place's name; those of the communes where there are several places."""
        places = {one.where for one in self.found}
        return places.pop() if len(places) == 1 else ", ".join(dict.fromkeys(one.commune for one in self.found))


@at_the_edge()
def everywhere(request: HttpRequest, language: str) -> HttpResponse:
    """Show the map of the choice in the address, or of the whole platform."""
    platform = platform_of(request)
    choice = chosen(request, platform)
    communities = list(choice.communities) or communities_of(platform)
    response = framing.page(
        request,
        "reader/map.html",
        platform=platform,
        fictional=framing.any_fictional(communities),
        counts_as="map",
        context={"tab": "agenda", "choice": choice} | _context(communities, language, choice.topics),
    )
    if request.GET:
        return framing.private(response)
    keys = [versions.of_platform(platform), *map(versions.of_community, communities)]
    return public(response, on=keys, until=next_midnight())


@at_the_edge()
def of_community(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show a community's map."""
    platform = platform_of(request)
    found = community_here(community, platform)
    response = framing.page(
        request,
        "reader/map.html",
        platform=platform,
        fictional=found.fictional,
        community=found,
        counts_as=f"map:{found.pk}",
        context={"tab": "agenda", "community": found, "name": found.name_in(language)} | _context([found], language),
    )
    keys = [versions.of_platform(platform), versions.of_community(found)]
    return public(response, on=keys, until=next_midnight())


def _context(communities: Sequence[Community], language: str, topics: Sequence[str] = ()) -> dict[str, Any]:
    found = _found(communities, language, topics)
    own = {one.commune_nis: outlines()[one.commune_nis] for one in communities if one.commune_nis in outlines()}
    box = _box(own.values(), [one.point for one in found if one.point])
    unit = box.width / _WIDE if box else 1.0
    spots = _spots(found, unit * _APART)
    near = [] if not box else [one for one in outlines().values() if one.box.meets(box) and one.nis not in own]
    return {
        "box": box,
        "unit": round(unit, 3),
        "own": [(one, _label(one, language, unit)) for one in own.values()],
        "near": near,
        "spots": [spot for spot in spots if spot.point],
        "nowhere": [one for spot in spots if not spot.point for one in spot.found],
    }


def _found(communities: Sequence[Community], language: str, topics: Sequence[str]) -> list[Found]:
    moment = now()
    times = upcoming(communities, moment, moment + WEEKS_AHEAD)
    works = Q(kind="works", community__in=communities, matters_until__gt=moment)
    items = Item.objects.released(moment).filter(Q(pk__in=list(times)[:MOST_ITEMS]) | works)
    if topics:
        items = items.filter(Q(topics__slug__in=topics) | Q(topics=None)).distinct()
    rows = list(items.with_details().prefetch_related("areas")[:MOST_ITEMS])
    parts = fetch_card_parts(rows, communities)
    found = []
    for row in rows:
        card = Card(present_card(row, parts[row.pk], language), tuple(times.get(row.pk, ())) or works_times(row))
        commune = communes.by_nis(row.community.commune_nis)
        name = commune.name_in(language) if commune else card.story.community_name
        found.append(Found(card, name, *_whereabouts(row, card, language)))
    return sorted(found, key=lambda one: one.card.times[0])


def _whereabouts(item: Item, card: Card, language: str) -> tuple[str, Point | None]:
    """Return the item's own point, else the middle of its area, else where its community is."""
    details = card.story.details
    if point := on_plane(details.latitude, details.longitude):
        return details.place or card.story.community_name, point
    for area in item.areas.all():
        if point := _middle(area.polygon, area.communes_nis):
            return localised(area.names, language), point
    community = item.community
    commune = communes.by_nis(community.commune_nis)
    where = on_plane(community.latitude, community.longitude)
    if where or not commune:
        return card.story.community_name, where
    return commune.name_in(language), on_plane(commune.latitude, commune.longitude)


def _middle(polygon: dict[str, Any] | None, nis: Sequence[str]) -> Point | None:
    if polygon:
        rings = [polygon["coordinates"]] if polygon["type"] == "Polygon" else polygon["coordinates"]
        points = list(chain.from_iterable(ring[0] for ring in rings))
        longitudes, latitudes = [point[0] for point in points], [point[1] for point in points]
        return on_plane((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
    commune = communes.by_nis(nis[0]) if nis else None
    return on_plane(commune.latitude, commune.longitude) if commune else None


def _box(own: Any, points: Sequence[Point]) -> Box | None:
    boxes = [one.box for one in own] + [Box(x, y, x, y) for x, y in points]
    if not boxes:
        return None
    box = around(boxes)
    return box.padded(max(_SMALLEST - min(box.width, box.height), box.width * 0.06, box.height * 0.06, 2.0))


def _spots(found: Sequence[Found], apart: float) -> list[Spot]:
    """Return what lies so close that two fingers could not part it as one spot."""
    spots: list[Spot] = []
    for one in found:
        near = (spot for spot in spots if _is_near(spot.point, one.point, apart))
        if spot := next(near, None):
            spot.found.append(one)
        else:
            spots.append(Spot(len(spots) + 1, one.point, [one]))
    return spots


def _is_near(one: Point | None, other: Point | None, apart: float) -> bool:
    if one is None or other is None:
        return one is other
    return hypot(one[0] - other[0], one[1] - other[1]) < apart


def _label(outline: Outline, language: str, unit: float) -> tuple[str, Point] | None:
    """The commune's name and where it stands; None where the commune is too small on the map for it."""
    commune = communes.by_nis(outline.nis)
    point = on_plane(commune.latitude, commune.longitude) if commune else None
    if commune is None or point is None or outline.box.width < 50 * unit:
        return None
    return commune.name_in(language), point
