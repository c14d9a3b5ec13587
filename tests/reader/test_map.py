"""The map: a marker for what is at a place, and the same in words beside it."""

import re
from math import hypot

import pytest
from django.test import Client

from perron.communities.models import Area
from perron.communities.outlines import on_plane
from tests import making

pytestmark = pytest.mark.django_db

QUAY = {"latitude": 50.6467, "longitude": 5.5797}
_SPOT = re.compile(r'<g data-at="(\d+) (\d+)"[^>]*><a href="#spot-(\d+)"[^>]*aria-label="([^"]+)"')


def spots(client: Client, path: str) -> dict[str, tuple[int, int]]:
    """Return the markers of a map by their label, each with its point."""
    found = _SPOT.findall(client.get(path).content.decode())
    return {label: (int(x), int(y)) for x, y, _number, label in found}


def test_an_event_is_at_its_own_point_and_works_where_their_commune_is(client: Client) -> None:
    liege = making.community("liege", commune_nis="62063")
    making.platform(liege, making.community("herstal", commune_nis="62051"))
    making.released("event", at=liege, details={"place": "Quai"} | QUAY)
    making.released("works", at=making.community("herstal"))
    found = spots(client, "/fr/map/")
    assert set(found) == {"Quai: 1", "Herstal: 1"}
    assert found["Quai: 1"] == on_plane(**QUAY)
    assert set(spots(client, "/fr/liege/map/")) == {"Quai: 1"}


def test_an_area_is_nearer_than_the_commune(client: Client) -> None:
    liege = making.community("liege", commune_nis="62063")
    making.platform(liege)
    ring = [[5.50, 50.60], [5.52, 50.60], [5.52, 50.62], [5.50, 50.62], [5.50, 50.60]]
    area = Area.objects.create(
        community=liege, slug="hill", names={"fr": "Cointe"}, polygon={"type": "Polygon", "coordinates": [ring]}
    )
    making.released("works", at=liege).areas.add(area)
    assert spots(client, "/fr/map/") == {"Cointe: 1": on_plane(50.61, 5.51)}


def test_what_is_abroad_stands_with_its_commune(client: Client) -> None:
    liege = making.community("liege", commune_nis="62063")
    making.platform(liege)
    making.released("event", at=liege, details={"latitude": 48.86, "longitude": 2.35})
    assert set(spots(client, "/fr/map/")) == {"Liège: 1"}


def test_what_is_nowhere_is_told_in_words(client: Client) -> None:
    making.platform(making.community("club"))
    item = making.released("event", at=making.community("club"))
    page = client.get("/fr/map/").content.decode()
    assert "data-map" not in page
    assert f"/{item.slug}/" in page
    assert "Pas sur la carte" in page


def test_markers_lie_as_far_apart_as_fingers_need(client: Client) -> None:
    liege = making.community("liege", commune_nis="62063")
    making.platform(liege)
    for step in range(8):
        details = {"place": f"Lieu {step}", "latitude": 50.60 + step * 0.004, "longitude": 5.57}
        making.released("event", at=liege, details=details)
    page = client.get("/fr/map/").content.decode()
    unit = float(re.findall(r'data-unit="([\d.]+)"', page)[0])
    points = list(spots(client, "/fr/map/").values())
    assert 1 < len(points) < 8
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= 24 * unit for a in points for b in points if a != b)
    assert len(re.findall("map-entry", page)) == 8


def test_an_empty_platform_leads_to_the_agenda(client: Client) -> None:
    making.platform()
    page = client.get("/fr/map/").content.decode()
    assert "data-empty>" in page
    assert "<circle" not in page.partition("<main")[2]


def test_a_choice_in_the_address_is_answered_and_kept_by_nobody(client: Client) -> None:
    making.platform(making.community("liege", commune_nis="62063"), making.community("herstal", commune_nis="62051"))
    making.released("works", at=making.community("liege"))
    making.released("works", at=making.community("herstal"))
    answer = client.get("/fr/map/?c=herstal")
    assert "no-store" in answer["Cache-Control"]
    assert set(spots(client, "/fr/map/?c=herstal")) == {"Herstal: 1"}


def test_programs_get_it_as_geojson(client: Client) -> None:
    liege = making.community("liege", commune_nis="62063")
    making.platform(liege)
    ring = [[5.50, 50.60], [5.52, 50.60], [5.52, 50.62], [5.50, 50.60]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    area = Area.objects.create(community=liege, slug="hill", names={"fr": "Cointe"}, polygon=shape)
    event = making.released("event", at=liege, title="Bal", details={"place": "Quai"} | QUAY)
    making.released("works", at=liege, title="Égouts").areas.add(area)
    making.released("works", at=liege, title="Nulle part")
    making.released("news", at=liege)
    making.draft("event", at=liege, details=QUAY)
    response = client.get("/api/v1/communities/liege/items.geojson?language=fr")
    assert (response.status_code, response["Content-Type"]) == (200, "application/geo+json")
    told = response.json()
    assert told["type"] == "FeatureCollection"
    found = {each["properties"]["title"]: each for each in told["features"]}
    assert set(found) == {"Bal", "Égouts", "Nulle part"}
    assert found["Bal"]["geometry"] == {"type": "Point", "coordinates": [QUAY["longitude"], QUAY["latitude"]]}
    assert (found["Égouts"]["geometry"], found["Nulle part"]["geometry"]) == (shape, None)
    assert found["Bal"]["properties"]["url"].endswith(f"/fr/liege/{event.slug}/")
    assert client.get("/api/v1/communities/nowhere/items.geojson").status_code == 404
