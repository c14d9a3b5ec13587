"""Areas as GeoJSON (RFC 7946), and as the pairs that CAP wants."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_MOST_POINTS = 5_000


def validate_geojson(geometry: object) -> None:
    """Refuse anything but a Polygon or MultiPolygon with closed rings of longitude, latitude in degrees."""
    if geometry is None:
        return
    if not isinstance(geometry, dict) or geometry.get("type") not in {"Polygon", "MultiPolygon"}:
        raise ValidationError(_("An area is a GeoJSON Polygon or MultiPolygon."))
    rings = _rings(geometry)
    if not rings or sum(len(ring) for ring in rings) > _MOST_POINTS:
        raise ValidationError(_("An area has between 4 and %(most)s points."), params={"most": _MOST_POINTS})
    for ring in rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            raise ValidationError(_("Each ring of an area has at least 4 points and ends where it starts."))
        for point in ring:
            longitude, latitude = point
            if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
                raise ValidationError(_("Points are longitude, then latitude, in degrees."))


def geometry_of(written: object) -> object:
    """Return the geometry of what an editor of maps saved: it alone, or in a Feature or a FeatureCollection of one."""
    if isinstance(written, dict) and written.get("type") == "FeatureCollection":
        features = written.get("features")
        if not isinstance(features, list) or len(features) != 1:
            raise ValidationError(_("This file has several areas, or none. Save the one area alone."))
        written = features[0]
    if isinstance(written, dict) and written.get("type") == "Feature":
        return written.get("geometry") or {}
    return written


def outlines(geometry: dict[str, object]) -> list[str]:
    """Return each outer ring as CAP 1.2 writes it: "latitude,longitude latitude,longitude …"."""
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    assert isinstance(polygons, list)
    return [" ".join(f"{lat},{lon}" for lon, lat, *_rest in polygon[0]) for polygon in polygons]


def _rings(geometry: dict[str, Any]) -> list[list[tuple[float, float]]]:
    coordinates = geometry.get("coordinates")
    try:
        polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
        rings = [[(p[0], p[1]) for p in ring] for polygon in polygons for ring in polygon]  # type: ignore[union-attr]
    except (TypeError, ValueError, IndexError, KeyError) as error:
        raise ValidationError(_("The coordinates of this area cannot be read.")) from error
    if any(type(number) not in {int, float} for ring in rings for point in ring for number in point):
        raise ValidationError(_("The coordinates of this area cannot be read."))
    return rings
