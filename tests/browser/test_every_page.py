"""What the script of every residents' page does: times that stay true, the menu of languages, the offer to install."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.once


def test_what_was_true_when_the_page_was_made_goes_when_it_is_no_longer(visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/")
    page.clock.install(time="2027-03-28T16:00:00+02:00")
    page.goto("/fr/liege/")
    page.evaluate(
        """() => document.querySelector("main").insertAdjacentHTML("beforeend",
          `<p id="open" data-true-until="2027-03-28T17:00+02:00">Ouvert</p>
           <p id="day" aria-current="date" data-true-until="2027-03-28T17:00+02:00">dimanche</p>`)"""
    )
    page.clock.fast_forward("00:30:00")
    expect(page.locator("#open")).to_be_visible()
    page.clock.fast_forward("00:30:30")
    expect(page.locator("#open")).to_be_hidden()
    expect(page.locator("#day")).to_be_visible()
    expect(page.locator("#day")).not_to_have_attribute("aria-current", "date")


def test_the_menu_of_languages_closes_by_escape_and_elsewhere(visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/")
    menu, summary = page.locator("details.languages"), page.locator("details.languages summary")
    summary.click()
    expect(menu).to_have_attribute("open", "")
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    page.locator("h1").click()
    expect(menu).not_to_have_attribute("open", "")
    summary.click()
    for _ in range(5):
        page.keyboard.press("Tab")
    expect(menu).not_to_have_attribute("open", "")


def test_the_app_offers_to_be_installed_when_the_browser_does(visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/")
    button = page.locator("[data-install]")
    expect(button).to_be_hidden()
    page.evaluate(
        """() => {
          const offer = new Event("beforeinstallprompt", { cancelable: true });
          offer.prompt = () => { document.title = "asked"; };
          dispatchEvent(offer);
        }"""
    )
    button.click()
    expect(page).to_have_title("asked")
    expect(button).to_be_hidden()
