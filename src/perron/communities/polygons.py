"""Areas as GeoJSON (RFC 7946), and as the pairs that CAP wants."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_MOST_POINTS = 5_000
_MEMBERS = {"type", "coordinates"}
_TYPES = ("Polygon", "MultiPolygon")
# Square degrees: about a square metre in Belgium, and far above what rounding leaves.
_LEAST = 1e-10


def validate_geojson(geometry: object) -> None:
    """Refuse anything but a plain Polygon or MultiPolygon (`geometry_of`) with a surface, in degrees."""
    if geometry is None:
        return
    # Nothing beside shape and points: whoever asks for the area is given it as it is kept.
    if not isinstance(geometry, dict) or geometry.keys() != _MEMBERS or geometry["type"] not in _TYPES:
        raise ValidationError(_("An area is a GeoJSON Polygon or MultiPolygon."))
    polygons = _polygons(geometry)
    rings = [ring for polygon in polygons for ring in polygon]
    if not all(polygons) or not rings or sum(map(len, rings)) > _MOST_POINTS:
        raise ValidationError(_("An area has between 4 and %(most)s points."), params={"most": _MOST_POINTS})
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValidationError(_("Each ring of an area has at least 4 points and ends where it starts."))
        if not all(-180 <= longitude <= 180 and -90 <= latitude <= 90 for longitude, latitude in ring):
            raise ValidationError(_("Points are longitude, then latitude, in degrees."))
        if not _surface(ring):
            raise ValidationError(_("A ring of this area has no surface: its points lie on one line."))


def geometry_of(written: object) -> object:
    """Return the geometry of what an editor of maps saved: it alone, or in a Feature or a FeatureCollection of one.

    Of a geometry only its shape is kept: no altitudes, and none of the names that editors add.
    """
    if isinstance(written, dict) and written.get("type") == "FeatureCollection":
        features = written.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ValidationError(_("This file has several areas, or none. Save the one area alone."))
        written = features[0]
    if isinstance(written, dict) and written.get("type") == "Feature":
        written = written.get("geometry") or {}
    if isinstance(written, dict):
        return {"type": written.get("type"), "coordinates": _flat(written.get("coordinates"))}
    return written


def outlines(geometry: dict[str, object]) -> list[str]:
    """Return each outer ring as CAP 1.2 writes it: "latitude,longitude latitude,longitude …"."""
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    assert isinstance(polygons, list)
    return [" ".join(f"{lat},{lon}" for lon, lat, *_rest in polygon[0]) for polygon in polygons]


def _polygons(geometry: dict[str, Any]) -> list[list[list[tuple[float, float]]]]:
    """Return each polygon as its rings, of points."""
    coordinates = geometry["coordinates"]
    try:
        polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
        found = [[[(x, y) for x, y in ring] for ring in polygon] for polygon in polygons]
    except (TypeError, ValueError) as error:
        raise ValidationError(_("The coordinates of this area cannot be read.")) from error
    if any(type(n) not in {int, float} for polygon in found for ring in polygon for point in ring for n in point):
        raise ValidationError(_("The coordinates of this area cannot be read."))
    return found


def _flat(coordinates: object) -> object:
    """Return `coordinates` with each point cut to longitude and latitude."""
    if not isinstance(coordinates, list):
        return coordinates
    is_point = bool(coordinates) and not isinstance(coordinates[0], list)
    return coordinates[:2] if is_point else [_flat(inner) for inner in coordinates]


def _surface(ring: list[tuple[float, float]]) -> bool:
    """Whether the points of `ring` lie on more than one line: seen from the first, in more than one direction."""
    (x, y), *others = ring
    away = [(lon - x, lat - y) for lon, lat in others if (lon, lat) != (x, y)]
    return any(abs(away[0][0] * dy - away[0][1] * dx) > _LEAST for dx, dy in away[1:])
