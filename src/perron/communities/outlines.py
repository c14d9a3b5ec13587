"""The outlines of the communes of today, to draw maps of: no tiles, no other host.

`data/outlines.csv` has an SVG path per NIS code. Its facts come from bmesuere/belgium-topojson (CC0; communes of 2019),
with the mergers of 2025 taken together and every line simplified to 130 m, the same for both neighbours of a border.
The plane is the equirectangular one that is true at 50.5° north, in thousandths of a degree of latitude (111 m) from
the corner at the north-west.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import cos, radians
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "outlines.csv"
_WEST, _NORTH, _UNITS = 2.5, 51.55, 1000
_NARROWING = cos(radians(50.5))
_BELGIUM = (49.4, 2.5, 51.6, 6.45)  # south, west, north, east
_RING = re.compile(r"M(\d+) (\d+)l([-\d ]+)z")


# What leads from the plane back to degrees: the corner, and the units of a degree across and down.
PLANE: Mapping[str, float] = {"west": _WEST, "north": _NORTH, "across": _NARROWING * _UNITS, "down": float(_UNITS)}


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the plane."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """From top to bottom."""
        return self.bottom - self.top

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )

    def padded(self, by: float) -> "Box":
        """Return this box, larger on every side."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)


@dataclass(frozen=True, slots=True)
class Outline:
    """A commune's border: an SVG path, and the box that it fills."""

    nis: str
    path: str
    box: Box


@cache
def outlines() -> Mapping[str, Outline]:
    """Return the outline of every commune, by NIS code."""
    with _DATA.open(encoding="ascii", newline="") as file:
        return {row["nis"]: Outline(row["nis"], row["path"], _box(row["path"])) for row in csv.DictReader(file)}


def on_plane(latitude: float | None, longitude: float | None) -> tuple[int, int] | None:
    """Return where a point in WGS 84 degrees lies on the plane; None for no point, or one outside of Belgium."""
    if latitude is None or longitude is None:
        return None
    south, west, north, east = _BELGIUM
    if not (south <= latitude <= north and west <= longitude <= east):
        return None
    return round((longitude - _WEST) * _NARROWING * _UNITS), round((_NORTH - latitude) * _UNITS)


def in_degrees(nis: str) -> list[list[tuple[float, float]]]:
    """Return the rings of a commune's outline as points of longitude and latitude; none for a commune without one."""
    if not (outline := outlines().get(nis)):
        return []
    return [[(_WEST + x / (_NARROWING * _UNITS), _NORTH - y / _UNITS) for x, y in ring]
            for ring in _rings(outline.path)]  # fmt: skip


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box that holds all of these; there is at least one."""
    left, top, right, bottom = zip(*((box.left, box.top, box.right, box.bottom) for box in boxes), strict=True)
    return Box(min(left), min(top), max(right), max(bottom))


def _box(path: str) -> Box:
    return around(Box(x, y, x, y) for ring in _rings(path) for x, y in ring)


def _rings(path: str) -> Iterator[list[tuple[int, int]]]:
    for ring in _RING.finditer(path):
        x, y = int(ring[1]), int(ring[2])
        points = [(x, y)]
        steps = [int(number) for number in re.findall(r"-?\d+", ring[3])]
        for across, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + across, y + down
            points.append((x, y))
        yield points
