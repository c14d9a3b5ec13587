"""Areas as GeoJSON: what editors of maps save is taken, and what would be no area is refused with a sentence."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from perron.communities.models import Area
from perron.communities.polygons import geometry_of, outlines, validate_geojson
from perron.communities.roles import Role
from tests import making

RING: list[Any] = [[5.5, 50.6], [5.6, 50.6], [5.6, 50.7], [5.5, 50.6]]
SQUARE: dict[str, Any] = {"type": "Polygon", "coordinates": [RING]}
HOLE = [[5.57, 50.62], [5.58, 50.62], [5.58, 50.63], [5.57, 50.62]]


def feature(geometry: object) -> dict[str, object]:
    return {"type": "Feature", "properties": {"stroke": "#555555"}, "geometry": geometry}


@pytest.mark.parametrize(
    "saved",
    [
        SQUARE,
        feature(SQUARE),
        {"type": "FeatureCollection", "features": [feature(SQUARE)]},
        # RFC 7946 §3.1.1: an altitude may follow; §6: so may members of others.
        {"type": "Polygon", "coordinates": [[[*point, 70.5] for point in RING]], "bbox": [5.5, 50.6, 5.6, 50.7]},
        SQUARE | {"crs": {"type": "name"}, "note": "x" * 1000},
    ],
)
def test_of_what_an_editor_of_maps_saves_the_shape_is_taken(saved: object) -> None:
    geometry = geometry_of(saved)
    validate_geojson(geometry)
    assert geometry == SQUARE


def test_holes_and_islands_are_taken_and_their_outer_rings_told_to_cap() -> None:
    islands: dict[str, Any] = {"type": "MultiPolygon", "coordinates": [[RING, HOLE], [HOLE]]}
    validate_geojson(geometry_of(islands))
    assert outlines(islands) == [
        "50.6,5.5 50.6,5.6 50.7,5.6 50.6,5.5",
        "50.62,5.57 50.62,5.58 50.63,5.58 50.62,5.57",
    ]


NO_SHAPE = "Polygon or MultiPolygon"
UNREADABLE = "cannot be read"


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        *((shape, NO_SHAPE) for shape in ({}, [1], 3, False, "", {"type": "Point", "coordinates": [5.5, 50.6]})),
        ({"type": ["Polygon"], "coordinates": [RING]}, NO_SHAPE),
        ({"type": {}, "coordinates": [RING]}, NO_SHAPE),
        *((feature(inner), NO_SHAPE) for inner in (None, "Polygon", {"type": "GeometryCollection", "geometries": []})),
        ({"type": "FeatureCollection", "features": []}, "several areas, or none"),
        ({"type": "FeatureCollection", "features": [feature(SQUARE)] * 2}, "several areas, or none"),
        ({"type": "Polygon"}, UNREADABLE),
        ({"type": "Polygon", "coordinates": {"a": RING}}, UNREADABLE),
        ({"type": "Polygon", "coordinates": [[RING]]}, UNREADABLE),
        ({"type": "MultiPolygon", "coordinates": [RING]}, UNREADABLE),
        ({"type": "Polygon", "coordinates": [[[True, 50], [5, 5], [6, 6], [True, 50]]]}, UNREADABLE),
        ({"type": "Polygon", "coordinates": [["12", "34", "56", "12"]]}, UNREADABLE),
        ({"type": "Polygon", "coordinates": []}, "between 4 and 5000"),
        ({"type": "MultiPolygon", "coordinates": [[RING], []]}, "between 4 and 5000"),
        ({"type": "Polygon", "coordinates": [[*RING[:-1] * 2000, RING[0]]]}, "between 4 and 5000"),
        ({"type": "Polygon", "coordinates": [RING[:3]]}, "ends where it starts"),
        ({"type": "Polygon", "coordinates": [[*RING[:-1], [5.4, 50.6]]]}, "ends where it starts"),
        ({"type": "Polygon", "coordinates": [[[5.5, 95], *RING[1:-1], [5.5, 95]]]}, "longitude, then latitude"),
        ({"type": "Polygon", "coordinates": [[[10**400, 5], [5, 5], [6, 6], [10**400, 5]]]}, "longitude"),
        ({"type": "Polygon", "coordinates": [[[float("inf"), 5], [5, 5], [6, 6], [float("inf"), 5]]]}, "longitude"),
        ({"type": "Polygon", "coordinates": [RING[:1] * 4]}, "no surface"),
        ({"type": "Polygon", "coordinates": [[RING[0], RING[1], RING[0], RING[0]]]}, "no surface"),
    ],
)
def test_what_would_be_no_area_is_refused_with_a_sentence(written: object, sentence: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        validate_geojson(geometry_of(written))
    assert sentence in refused.value.messages[0]


@pytest.mark.parametrize("more", [{"note": "kept for whoever asks"}, {"coordinates": [[[*p, 1] for p in RING]]}])
def test_the_rule_itself_keeps_nothing_but_the_shape(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        validate_geojson(SQUARE | more)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "drawn",
    [
        {"type": ["Polygon"], "coordinates": [RING]},
        {"type": "MultiPolygon", "coordinates": [[RING], []]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 50.6], *RING[1:]]]},
    ],
)
def test_the_desk_says_what_is_wrong_and_keeps_what_was_written(client: Client, drawn: object) -> None:
    making.community()
    client.force_login(making.person("operator@example.org", role=Role.ADMINISTRATOR))
    written = json.dumps(drawn)
    answer = client.post(
        "/desk/communities/liege/areas/new/", {"slug": "centre", "name_fr": "Centre", "drawn": written}
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["drawn"]
    assert answer.context["form"]["drawn"].value() == written
    assert not Area.objects.exists()
