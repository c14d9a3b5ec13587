"""Hints while somebody writes, with and without scripts; a draft shown to a colleague."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Site
from tests.browser.test_studio import PHONE, STUDIO, signed_in

pytestmark = pytest.mark.once

BODY = "Inscriptions : [cliquez ici](https://stages.liege.be/)."


def test_a_hint_comes_while_one_writes_and_leads_to_the_words(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, f"{STUDIO}new/news/")
    page.fill("#id_title_fr", "Stages de Noël")
    page.fill("#id_body_fr", BODY)
    hint = page.locator(".advice li", has_text="cliquez ici").locator("a")
    hint.click()
    expect(page.locator("#id_body_fr")).to_be_focused()
    assert page.evaluate("String(getSelection())") == "cliquez ici"
    page.fill("#id_body_fr", BODY.replace("cliquez ici", "formulaire des stages"))
    expect(hint).to_have_count(0)


def test_without_scripts_the_hints_come_with_the_save(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, f"{STUDIO}new/news/", java_script_enabled=False, **PHONE)
    page.fill("#id_title_fr", "Stages de Pâques")
    page.fill("#id_body_fr", BODY)
    page.locator('.bar button[value="save"]').tap()
    page.locator(".advice summary").tap()
    expect(page.locator(".advice li", has_text="cliquez ici")).to_be_visible()


def test_a_colleague_reads_the_draft_until_it_is_taken_back(
    visit: Callable[..., Page], chromium: Browser, site: Site
) -> None:
    page = signed_in(visit, f"{STUDIO}new/news/")
    page.fill("#id_title_fr", "Brouillon pour un collègue")
    page.locator('.bar button[value="preview"]').click()
    page.locator('button[value="newest"]').click()
    address = page.input_value("#id_address")
    colleague = chromium.new_context(**PHONE).new_page()
    colleague.goto(address)
    expect(colleague.locator("h1")).to_have_text("Brouillon pour un collègue")
    inside = colleague.frame_locator("iframe").first
    expect(inside.locator("h1")).to_have_text("Brouillon pour un collègue")
    page.locator(".lending .quiet").click()
    answer = colleague.reload()
    assert answer
    assert answer.status == 410
    colleague.context.close()
