"""The first run: a commune by postal code, name or nearness, then communities and topics, all kept on the device."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.once

SEARCH, FOUND, GO = "[data-search]", "[data-found] button", ".choose-go button"


def kept(page: Page) -> dict[str, list[str]]:
    return dict(json.loads(page.evaluate("localStorage.getItem('perron:front:following')") or "{}"))


def ticked(page: Page) -> list[str]:
    return list(page.eval_on_selector_all("input[name=c]:checked", "boxes => boxes.map((box) => box.value)"))


@pytest.mark.parametrize("typed", ["4040", "herstal", "HERSTLA", "Hérstal"])
def test_a_commune_is_found_by_what_somebody_types(visit: Callable[..., Page], typed: str) -> None:
    page = visit("/fr/choose/")
    page.fill(SEARCH, typed)
    expect(page.locator(FOUND)).to_have_count(1)
    page.click(FOUND)
    assert ticked(page) == ["herstal"]
    expect(page.locator("input[value=club]")).to_be_visible()
    expect(page.locator("input[value=biblio]")).to_be_hidden()
    page.check("input[value=club]")
    page.click(GO)
    page.wait_for_url("**/fr/")
    assert kept(page) == {"communities": ["herstal", "club"], "topics": []}
    expect(page.locator("[data-now-events] .card")).to_contain_text(["Nage du matin"])


def test_the_nearest_is_found_without_telling_anybody_where_one_is(visit: Callable[..., Page]) -> None:
    asked: list[str] = []
    here = {"latitude": 50.6871, "longitude": 5.5949}
    page = visit("/fr/choose/", geolocation=here, permissions=["geolocation"])
    page.on(
        "request", lambda request: asked.append(f"{request.method} {request.url} {request.post_data} {request.headers}")
    )
    page.click("[data-nearest]")
    expect(page.locator(FOUND).first).to_contain_text("Herstal")
    expect(page.locator(FOUND).first).to_contain_text("km")
    page.click(f"{FOUND} >> nth=0")
    page.click(GO)
    page.wait_for_url("**/fr/")
    page.wait_for_selector("[data-feed]:not([aria-busy])", state="attached")
    assert asked
    assert not [line for line in asked if "50.68" in line or "5.59" in line]
    assert "50.68" not in json.dumps(page.evaluate("({...localStorage})"))


def test_without_a_position_the_page_says_what_to_do_instead(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/", permissions=[])
    page.click("[data-nearest]")
    expect(page.locator("[data-said=no-position]")).to_be_visible()


def test_what_is_not_here_says_so_and_leaves_the_list(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    page.fill(SEARCH, "Ostende")
    expect(page.locator("[data-said=none]")).to_be_visible()
    # The line sends people to the list: there is one.
    expect(page.locator("input[value=herstal]")).to_be_visible()
    page.fill(SEARCH, "")
    expect(page.locator("[data-said=none]")).to_be_hidden()
    expect(page.locator("input[value=biblio]")).to_be_visible()


def test_a_community_is_found_by_its_own_name_too(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    page.fill(SEARCH, "biblioth")
    expect(page.locator("input[value=biblio]")).to_be_visible()
    expect(page.locator("input[value=herstal]")).to_be_hidden()


def test_choices_are_shown_again_and_can_be_changed(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/", follows=["liege", "club"])
    assert ticked(page) == ["liege", "club"]
    page.uncheck("input[value=club]")
    page.check("input[name=t][value=sport]")
    page.click(GO)
    page.wait_for_url("**/fr/")
    assert kept(page) == {"communities": ["liege"], "topics": ["sport"]}


def test_the_keyboard_alone_goes_through_the_first_run(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    press_until(page, "Tab", "[data-search]")
    page.keyboard.type("4040")
    expect(page.locator(FOUND)).to_have_count(1)
    press_until(page, "Tab", FOUND)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value") == "herstal"
    press_until(page, "Tab", "input[value=club]")
    page.keyboard.press("Space")
    press_until(page, "Tab", GO)
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/")
    assert kept(page)["communities"] == ["herstal", "club"]


def test_without_javascript_the_choice_is_in_the_address_and_nobody_keeps_it(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/", java_script_enabled=False)
    page.check("input[value=herstal]")
    page.check("input[value=club]")
    with page.expect_navigation() as moved:
        page.click(GO)
    assert page.url.endswith("/fr/?q=&c=herstal&c=club")
    answer: Any = moved.value
    assert "no-store" in answer.headers["cache-control"]
    assert "noindex" in answer.headers["x-robots-tag"]
    expect(page.locator("main")).to_contain_text("Nage du matin")
    expect(page.locator("main")).not_to_contain_text("de biblio")


def test_a_device_that_keeps_nothing_takes_the_way_without_javascript(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); } }"
    )
    page.check("input[value=club]")
    page.click(GO)
    page.wait_for_url("**/fr/?*c=club*")
    expect(page.locator("main")).to_contain_text("Nage du matin")
    expect(page.locator("main")).not_to_contain_text("Nouvelle 1 de liege")


def test_a_community_is_followed_from_its_own_page(visit: Callable[..., Page]) -> None:
    page = visit("/fr/club/", follows=["liege"])
    button = page.locator("[data-follow]")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert kept(page)["communities"] == ["liege", "club"]
    button.click()
    assert kept(page)["communities"] == ["liege"]


def press_until(page: Page, key: str, selector: str) -> None:
    for _ in range(60):
        page.keyboard.press(key)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} is not reached with {key}")
