"""A resident's account, walked through as they would: from the foot of a page to the receipt of its closing."""

from collections.abc import Callable

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.installation import Site

pytestmark = pytest.mark.once

PASSWORD = "quatre mots dans le vent"


def test_a_resident_signs_up_looks_after_the_account_and_closes_it(
    visit: Callable[..., Page], site: Site, attempt: int
) -> None:
    address = f"zoe-{attempt}@example.org"
    page = visit("/fr/about/")
    page.locator(".promises a").last.click()
    page.get_by_role("link", name="En ouvrir un").click()
    page.locator("main form button").click()
    expect(page.locator("[role=alert] a")).to_have_count(2)
    page.fill("[name=email]", address)
    page.get_by_label("J’ai 13 ans ou plus").check()
    page.locator("main form button").click()
    expect(page.locator("h1")).to_have_text("Consultez votre boîte de réception")
    assert "session" not in [cookie["name"] for cookie in page.context.cookies()]

    link = site.link_to(address)
    page.goto(link)
    page.fill("[name=first_name]", "Zoé")
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.locator("h1")).to_have_text("Zoé")
    drawing: FilePayload = {"name": "moi.png", "mimeType": "image/png", "buffer": page.screenshot()}
    page.set_input_files("[name=photo]", drawing)
    page.get_by_role("button", name="Enregistrer la photo").click()
    expect(page.locator("img.portrait")).to_have_js_property("naturalWidth", 320)

    other = visit(link)
    expect(other.locator("h1")).to_have_text("Ce lien ne fonctionne pas")

    page.get_by_role("link", name="Fermer votre compte").click()
    expect(page.locator(".prospects .stays")).to_have_count(1)
    page.get_by_role("button", name="Fermer mon compte").click()
    expect(page.locator("h1")).to_have_text("Votre compte est fermé")
    page.goto("/account/")
    expect(page.locator("[name=login]")).to_be_visible()
    page.fill("[name=login]", address)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    expect(page.locator(".problems")).to_be_visible()
