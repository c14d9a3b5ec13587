"""Looking up communes on the device gives what `perron.communities.communes.look_up` gives on the server."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.installation import Site

pytestmark = pytest.mark.once

_FIND = """async ([typed, communes]) => {
  const { find } = await import(document.querySelector("link[rel=modulepreload]").href);
  return find(communes, typed).map((commune) => commune.name);
}"""

_COMMUNES = [
    {"name": "Liège", "names": ["Liège", "Luik", "Lüttich"], "postal_codes": ["4000", "4020"], "point": [50.63, 5.57]},
    {"name": "Herstal", "names": ["Herstal"], "postal_codes": ["4040", "4041"], "point": [50.66, 5.63]},
    {"name": "Saint-Nicolas", "names": ["Saint-Nicolas"], "postal_codes": ["4420"], "point": [50.63, 5.54]},
    {"name": "Anvers", "names": ["Anvers", "Antwerpen", "Borsbeek"], "postal_codes": ["2000"], "point": [51.2, 4.4]},
]


@pytest.fixture(scope="module")
def choosing(chromium: Browser, site: Site) -> Iterator[Page]:
    with closing(chromium.new_context(base_url=site.origin)) as context:
        page = context.new_page()
        page.goto("/fr/choose/")
        yield page


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("4000", "Liège"),
        ("B-4040 Herstal", "Herstal"),
        ("40", "Liège"),
        ("liege", "Liège"),
        ("LIÈGE", "Liège"),
        ("Luik", "Liège"),
        ("luttich", "Liège"),
        ("lieeg", "Liège"),
        ("hersatl", "Herstal"),
        ("hrestal", "Herstal"),
        ("saint nicolas", "Saint-Nicolas"),
        ("St Nicolas", "Saint-Nicolas"),
        ("saint-nicola", "Saint-Nicolas"),
        ("antwerpn", "Anvers"),
        ("borsbeek", "Anvers"),
        # A code that is not here leads to those that begin like it.
        ("4099", "Liège"),
    ],
)
def test_a_commune_is_found(choosing: Page, typed: str, first: str) -> None:
    assert choosing.evaluate(_FIND, [typed, _COMMUNES])[0] == first


@pytest.mark.parametrize(
    "typed", ["", "   ", "xyzzy", "9", "💥", "<img src=x onerror=alert(1)>", "\u202e\u0000", "é" * 5000]
)
def test_what_is_no_commune_finds_none(choosing: Page, typed: str) -> None:
    assert choosing.evaluate(_FIND, [typed, _COMMUNES]) == []


def test_the_nearest_comes_first_with_its_distance(choosing: Page) -> None:
    found: list[dict[str, Any]] = choosing.evaluate(
        """async (communes) => {
          const { nearest } = await import(document.querySelector("link[rel=modulepreload]").href);
          return nearest(communes, { latitude: 50.66, longitude: 5.62 });
        }""",
        _COMMUNES,
    )
    assert [one["commune"]["name"] for one in found] == ["Herstal", "Liège", "Saint-Nicolas", "Anvers"]
    assert found[0]["distance"] == pytest.approx(0.7, abs=0.1)


def test_distances_agree_with_the_great_circle(choosing: Page) -> None:
    apart = choosing.evaluate(
        """async () => {
          const { kilometres } = await import(document.querySelector("link[rel=modulepreload]").href);
          return kilometres({ latitude: 50.8503, longitude: 4.3517 }, { latitude: 50.6326, longitude: 5.5797 });
        }"""
    )
    # Brussels to Liège, as the crow flies.
    assert apart == pytest.approx(89.9, abs=0.5)
