"""Search on a phone: by the icon, without and with JavaScript, in what the device follows and everywhere."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Site

pytestmark = pytest.mark.once

FOLLOWS = {"perron:front:following": json.dumps({"communities": ["liege", "biblio"], "topics": []})}


@pytest.fixture
def phone(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=site.origin)
    yield context.new_page()
    context.close()


def follow(page: Page) -> None:
    page.goto("/fr/search/")
    page.evaluate("items => Object.entries(items).forEach(([key, value]) => localStorage.setItem(key, value))", FOLLOWS)


def test_by_the_icon_to_an_item(phone: Page) -> None:
    phone.goto("/fr/")
    phone.get_by_role("link", name="Recherche").click()
    phone.get_by_label("Que cherchez-vous").fill("FETE quai")
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("status").first).to_have_text("1 résultat")
    expect(phone.locator(".card-title mark")).to_have_text(["Fête", "quai"])
    phone.get_by_role("link", name="Fête du quai").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Fête du quai")


def test_without_javascript(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(java_script_enabled=False, base_url=site.origin)
    page = context.new_page()
    page.goto("/fr/liege/")
    page.get_by_role("link", name="Recherche").click()
    expect(page.get_by_label("Où")).to_have_value("liege")
    page.get_by_label("Que cherchez-vous").fill("nouvelle")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator(".card")).to_have_count(8)
    page.get_by_label("Où").select_option("")
    page.get_by_role("button", name="Chercher").click()
    expect(page.locator(".card")).to_have_count(24)
    context.close()


def test_in_what_is_followed_each_asked_by_itself(phone: Page) -> None:
    follow(phone)
    asked: list[str] = []
    phone.on("request", lambda request: asked.append(request.url) if "search.json" in request.url else None)
    phone.goto("/fr/search/?q=nouvelle")
    expect(phone.locator(".card")).to_have_count(16)
    assert sorted(re.sub(r".*/fr/", "", url) for url in asked) == [
        "biblio/search.json?q=nouvelle",
        "liege/search.json?q=nouvelle",
    ]
    expect(phone.get_by_role("button", name="Dans mes lieux")).to_have_attribute("aria-pressed", "true")
    phone.get_by_role("button", name="Partout").click()
    expect(phone.locator(".card")).to_have_count(24)
    phone.get_by_role("button", name="Dans mes lieux").click()
    expect(phone.locator(".card")).to_have_count(16)


def test_what_is_only_elsewhere_is_shown_all_the_same(phone: Page) -> None:
    follow(phone)
    phone.goto("/fr/search/?q=nage")
    expect(phone.get_by_role("link", name="Nage du matin")).to_be_visible()
    expect(phone.locator("[data-status]")).to_have_text("Rien dans vos lieux. Voici ce qui a été trouvé partout :")
    phone.get_by_role("button", name="Dans mes lieux").click()
    expect(phone.get_by_text("Rien n’a été trouvé pour « nage ».")).to_be_visible()


def test_a_place_in_the_address_goes_before_what_is_followed(phone: Page) -> None:
    follow(phone)
    phone.goto("/fr/search/?q=nouvelle&c=herstal")
    expect(phone.locator(".card")).to_have_count(8)
    expect(phone.get_by_role("button", name="Dans mes lieux")).to_have_count(0)
