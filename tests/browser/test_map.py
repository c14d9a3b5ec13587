"""The map on the device: what is followed, larger and smaller, by keyboard, without JavaScript."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Site
from tests.browser.test_studio import STUDIO, signed_in

pytestmark = pytest.mark.once

SPOT, BOX = "a[data-spot]", "document.querySelector('[data-map] svg').viewBox.baseVal.width"


def test_it_shows_what_is_followed(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/fr/agenda/", follows=["herstal", "liege"])
    page.click(".to-map")
    expect(page.locator("[data-spots]")).to_contain_text("Rue Haute fermée")
    expect(page.locator("[data-spots] [data-community=club]").filter(visible=True)).to_have_count(0)
    labels = page.locator(SPOT).filter(visible=True).evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert labels
    numbers = page.locator(f"{SPOT} [data-count]").filter(visible=True).all_text_contents()
    assert sum(map(int, numbers)) == page.locator(".map-entry").filter(visible=True).count()


def test_it_is_larger_and_smaller_and_follows_the_focus(visit: Callable[..., Page]) -> None:
    page = visit("/fr/map/")
    whole = page.evaluate(BOX)
    expect(page.locator("[data-zoom='0.5']")).to_be_disabled()
    for _ in range(3):
        page.locator("[data-zoom='2']").press("Enter")
    assert abs(page.evaluate(BOX) - whole / 8) < 0.1
    for spot in page.locator(SPOT).all():
        spot.focus()
        box, frame = spot.bounding_box(), page.locator("[data-map] svg").bounding_box()
        assert box is not None
        assert frame is not None
        assert frame["x"] <= box["x"] + box["width"] / 2 <= frame["x"] + frame["width"]
        assert 20 <= box["width"] <= 40, "a marker keeps its size"
    page.click("[data-zoom='0']")
    assert page.evaluate(BOX) == whole


def test_without_javascript_a_marker_leads_to_its_list(visit: Callable[..., Page]) -> None:
    page = visit("/fr/herstal/map/", java_script_enabled=False)
    page.locator(SPOT).first.press("Enter")
    assert page.url.endswith("#spot-1")
    expect(page.locator("#spot-1 .map-entry").first).to_be_visible()
    expect(page.locator(".map-buttons")).to_be_hidden()


def test_an_editor_taps_on_the_outline(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, f"{STUDIO}new/works/", viewport={"width": 390, "height": 844}, has_touch=True)
    outline = page.locator("[data-point] svg")
    outline.scroll_into_view_if_needed()
    outline.tap()
    latitude, longitude = (float(page.input_value(f"[name={name}]")) for name in ("latitude", "longitude"))
    assert 50.55 < latitude < 50.70
    assert 5.50 < longitude < 5.70
    circle = page.locator("[data-point] circle").bounding_box()
    box = outline.bounding_box()
    assert circle is not None
    assert box is not None
    assert abs(circle["x"] + circle["width"] / 2 - box["x"] - box["width"] / 2) < 3
    page.fill("[name=latitude]", "")
    expect(page.locator("[data-point] circle")).to_have_attribute("r", "0")
