"""A notice of an upper tier: offered, accepted, and read once by who follows both; and the same from two sources."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_studio import PHONE, signed_in
from tests.browser.test_today import follow, ready, titles

pytestmark = pytest.mark.once


def test_a_notice_is_offered_accepted_and_read_once(visit: Callable[..., Page], attempt: int) -> None:
    title = "Horaire de la semaine" + " encore" * attempt
    sender = visit("/studio/biblio/new/news/", who="operator-en@example.org")
    sender.fill("#id_title_fr", title)
    sender.locator('.bar button[value="release"]').click()
    sender.locator(".row-live a", has_text=title).click()
    sender.locator('a[href$="/also-for/"]').click()
    sender.locator('input[name="to"][value="liege"]').check()
    sender.get_by_role("button", name="Offer it to them").click()
    expect(sender.locator(".answers")).to_contain_text("waits for an answer")

    commune = signed_in(visit, **PHONE)
    commune.locator(".waiting a", has_text=title).tap()
    commune.locator('button[value="accept"]').tap()
    commune.wait_for_url("**/studio/liege/")

    resident = visit(follows=["liege", "biblio"])
    ready(resident)
    shown = [*titles(resident, "new"), *titles(resident, "feed")]
    assert shown.count(title) == 1
    follower = visit(follows=["liege"])
    ready(follower)
    card = follower.locator("[data-feed] article", has_text=title)
    expect(card).to_contain_text("Bibliothèque")


def test_one_story_from_two_sources_is_shown_once_with_both_named(visit: Callable[..., Page]) -> None:
    # A service worker would fetch the documents itself, past the routes below.
    page = visit("/fr/choose/", service_workers="block")

    def renamed(slug: str, key: str) -> None:
        def answer(route):  # type: ignore[no-untyped-def]
            got = route.fetch()
            body = got.json()
            for card in body["cards"]:
                card["same"] = [key] if "Nouvelle 6 de" in card["html"] else []
            route.fulfill(response=got, json=body)

        page.route(f"**/{slug}/cards.json", answer)

    for slug in ("liege", "herstal"):
        renamed(slug, "~one")
    follow(page, ["liege", "herstal"])
    page.goto("/fr/")
    ready(page)
    feed = titles(page, "feed")
    assert ("Nouvelle 6 de liege" in feed) + ("Nouvelle 6 de herstal" in feed) == 1
    card = page.locator("[data-feed] article", has_text="Nouvelle 6 de liege")
    expect(card.locator(".card-also")).to_have_text("aussi par Herstal")


def test_a_key_for_near_times_does_not_hide_what_came_much_later(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    cards = """async () => {
      const { merge } = await import(document.querySelector('script[src*="today"]').src);
      const rest = { topics: [], until: null };
      const card = (id, published, same) => ({ id, published, changed: published, same, from: id, ...rest });
      const ids = (...cards) => merge(cards, []).map(({ id }) => id);
      return [
        ids(card("b", "2026-03-03T10:00:01Z", ["~x"]), card("a", "2026-03-01T10:00:00Z", ["~x"])),
        ids(card("b", "2026-03-03T10:00:00Z", ["~x"]), card("a", "2026-03-01T10:00:00Z", ["~x"])),
        ids(card("b", "2026-09-03T10:00:00Z", ["=x"]), card("a", "2026-03-01T10:00:00Z", ["=x"])),
        ids(card("b", "2026-03-01T10:00:00Z", []), card("a", "2026-03-01T10:00:00Z", undefined)),
      ];
    }"""
    page.goto("/fr/")
    assert page.evaluate(cards) == [["b", "a"], ["a"], ["a"], ["b", "a"]]
