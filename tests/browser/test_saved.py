"""What somebody saves lies on the device, opens without a connection, and says when it is no longer published."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Site
from tests.browser.test_offline import held, settled, until

pytestmark = pytest.mark.once

LISTED = "[data-saved] li"
SAVE = "[data-tools] [data-save]"


def kept(page: Page) -> list[dict[str, str]]:
    return list(json.loads(page.evaluate("localStorage.getItem('perron:front:saved')") or '{"items": []}')["items"])


def holds(page: Page, path: str) -> None:
    """Wait until the worker holds the page of `path` for good."""
    address = f"{page.url.split('/fr/')[0]}/fr/{path}/"
    until(page, f"caches.match({address!r}, {{cacheName: 'perron:front:saved', ignoreVary: true}}).then(Boolean)")


def test_a_card_and_a_page_are_saved_listed_and_taken_off_again(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/fr/", follows=["liege", "herstal"])
    card = page.locator("[data-feed] .card", has_text="Nouvelle 3 de herstal")
    button = card.get_by_role("button", name="Enregistrer Nouvelle 3 de herstal")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    page.goto(f"/fr/liege/{site.items['event']}/")
    page.click(SAVE)
    assert [(one["title"], one["from"]) for one in kept(page)] == [
        ("Fête du quai", "Liège"),
        ("Nouvelle 3 de herstal", "Herstal"),
    ]
    page.click("[data-tab=saved]")
    expect(page.locator(f"{LISTED} a")).to_have_text(["Fête du quai", "Nouvelle 3 de herstal"])
    expect(page.locator("[data-empty]")).to_be_hidden()
    page.locator(f"{LISTED} [data-save]").first.click()
    # It stays in sight until the page is left, so that a slip of the finger can be undone.
    expect(page.locator(LISTED)).to_have_count(2)
    page.reload()
    expect(page.locator(f"{LISTED} a")).to_have_text(["Nouvelle 3 de herstal"])
    page.locator(f"{LISTED} [data-save]").click()
    page.reload()
    expect(page.locator("[data-empty]")).to_be_visible()


def test_what_is_saved_opens_without_a_connection_with_its_picture(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/fr/", follows=["liege"])
    settled(page)
    slug = site.items["news"]
    page.goto(f"/fr/liege/{slug}/")
    page.click(SAVE)
    holds(page, f"liege/{slug}")
    holds(page, "saved")
    # Sixty pages later the worker has forgotten what was only read.
    for name in ("pages", "pictures"):
        page.evaluate(f"caches.delete('perron:front:{name}')")
    page.context.set_offline(True)
    page.goto("/fr/saved/")
    page.click(f"{LISTED} a")
    expect(page.locator("h1")).to_have_text("Nouvelle 0 de liege")
    expect(page.locator("[data-age]").filter(visible=True)).to_be_visible()
    expect(page.locator(SAVE)).to_have_attribute("aria-pressed", "true")
    until(page, "[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    page.context.set_offline(False)
    page.click(SAVE)
    until(page, "caches.open('perron:front:saved').then((cache) => cache.keys()).then((keys) => !keys.length)")


def test_what_was_withdrawn_says_so_and_its_page_is_gone(visit: Callable[..., Page], site: Site) -> None:
    slug = site.do("alert", "Pont fermé")["alert"]
    page = visit("/fr/offline/")
    settled(page)
    page.goto(f"/fr/liege/{slug}/")
    page.click(SAVE)
    holds(page, f"liege/{slug}")
    site.do("withdraw", slug)
    page.goto("/fr/saved/")
    withdrawn = page.locator("[data-withdrawn]")
    for _ in range(40):
        page.reload()
        page.wait_for_timeout(250)
        if withdrawn.is_visible():
            break
    expect(withdrawn).to_be_visible()
    expect(page.locator(LISTED)).to_contain_text("Pont fermé")
    assert page.locator(f"{LISTED} a").get_attribute("href") is None
    until(page, f"caches.match('/fr/liege/{slug}/', {{ignoreVary: true}}).then((found) => !found)")
    assert not any(slug in address for address in held(page)["addresses"])


def test_hostile_storage_is_harmless(visit: Callable[..., Page]) -> None:
    hostile = {
        "items": [
            {"path": "../../studio/", "title": "out"},
            {"path": "liege/x?c=liege", "title": "query"},
            {"path": "javascript:alert(1)"},
            None,
            7,
            {"path": "liege/nothing-here", "title": "<img src=x onerror=alert(1)>", "from": {"a": 1}},
            {"path": "liege/nothing-here", "title": "twice"},
        ]
    }
    page = visit("/fr/saved/")
    page.evaluate("text => localStorage.setItem('perron:front:saved', text)", json.dumps(hostile))
    page.reload()
    expect(page.locator(LISTED)).to_have_count(1)
    expect(page.locator(f"{LISTED} a")).to_have_text("<img src=x onerror=alert(1)>")
    assert page.locator(f"{LISTED} img").count() == 0
    for text in ("", "[", "7", '{"items": 7}'):
        page.evaluate("text => localStorage.setItem('perron:front:saved', text)", text)
        page.reload()
        expect(page.locator("[data-empty]")).to_be_visible()


def test_without_javascript_nothing_is_offered_that_cannot_be_done(visit: Callable[..., Page], site: Site) -> None:
    page = visit(f"/fr/liege/{site.items['news']}/", java_script_enabled=False)
    expect(page.locator("[data-tools]")).to_be_hidden()
    expect(page.locator("[data-tab=saved]")).to_be_hidden()
    page.goto("/fr/saved/")
    expect(page.locator(".empty").filter(visible=True)).to_contain_text("JavaScript")
