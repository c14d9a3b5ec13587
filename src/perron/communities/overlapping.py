"""Where something matters, for somebody who chose areas: an area matters to who chose one that shares ground with it,
as a street does with its quarter, and a whole commune with each of its own.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from perron.communities.communes import by_nis
from perron.communities.models import Area
from perron.communities.outlines import in_degrees

type Ring = Sequence[tuple[float, float]]

# Two parts are compared along so many lines.
_LINES = 48
# So much of the smaller one they must share: neighbours whose border was drawn twice share a little of it.
_LEAST = 0.02


@dataclass(frozen=True)
class Where:
    """Of a community's areas, by their slugs: those that share ground with where something matters, and all."""

    here: frozenset[str]
    all: frozenset[str]


def where(areas: Sequence[Area], communities: Collection[UUID]) -> dict[UUID, Where]:
    """Return where something in these areas matters, for each of the communities that has areas to choose among.

    Nothing at all for what has no area: it matters everywhere.
    """
    if not areas:
        return {}
    offered: dict[UUID, list[Area]] = {}
    for area in Area.objects.filter(community__in=communities):
        offered.setdefault(area.community_id, []).append(area)
    parts = [part for area in areas for part in _parts(area)]
    same = {area.pk for area in areas}
    return {
        community: Where(
            frozenset(one.slug for one in of_it if one.pk in same or _meet(parts, _parts(one))),
            frozenset(one.slug for one in of_it),
        )
        for community, of_it in offered.items()
    }


def overlap(one: Area, other: Area) -> bool:
    """Say whether two areas share ground, more than a badly drawn border would."""
    return _meet(_parts(one), _parts(other))


@dataclass(frozen=True)
class _Part:
    """A polygon with its holes, or a commune (`nis`), in degrees."""

    rings: Sequence[Ring]
    nis: str = ""

    @cached_property
    def span(self) -> tuple[float, float]:
        """From its southernmost to its northernmost latitude."""
        latitudes = [latitude for ring in self.rings for _longitude, latitude in ring]
        return min(latitudes), max(latitudes)

    @cached_property
    def surface(self) -> float:
        """In square degrees, measured along the same number of lines."""
        south, north = self.span
        lengths = sum(end - start for latitude in _lines(south, north) for start, end in self.across(latitude))
        return lengths * (north - south) / _LINES

    def across(self, latitude: float) -> list[tuple[float, float]]:
        """Return from where to where a line from west to east lies within it."""
        crossed = sorted(
            x1 + (latitude - y1) / (y2 - y1) * (x2 - x1)
            for ring in self.rings
            for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)
            if (y1 > latitude) != (y2 > latitude)
        )
        return list(zip(crossed[::2], crossed[1::2], strict=True))


def _parts(area: Area) -> list[_Part]:
    shape: Any = area.polygon
    polygons = [] if not shape else [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    found = [_Part(rings) for rings in polygons]
    communes = [commune.nis for nis in area.communes_nis if (commune := by_nis(nis))]
    return found + [_Part(rings, nis) for nis in communes if (rings := in_degrees(nis))]


def _meet(some: Sequence[_Part], others: Sequence[_Part]) -> bool:
    return any(_share(one, other) for one in some for other in others)


def _share(one: _Part, other: _Part) -> bool:
    if one.nis and other.nis:
        return one.nis == other.nis
    south, north = max(one.span[0], other.span[0]), min(one.span[1], other.span[1])
    if south >= north:
        return False
    shared = sum(
        max(0.0, min(end, until) - max(start, since))
        for latitude in _lines(south, north)
        for start, end in one.across(latitude)
        for since, until in other.across(latitude)
    )
    return shared * (north - south) / _LINES >= _LEAST * min(one.surface, other.surface)


def _lines(south: float, north: float) -> Iterator[float]:
    """Yield latitudes between two, none of which is likely to be that of a corner."""
    return (south + (north - south) * (line + 0.5) / _LINES for line in range(_LINES))
