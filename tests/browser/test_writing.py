"""Writing that is safe: saved by itself, without a connection too, and never over somebody else's text."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_studio import PHONE, SCHEMES, STUDIO, signed_in
from tests.browser.town import LEAVERS, READER, READS, WRITER

pytestmark = pytest.mark.once

SAVED = re.compile(r"\d\d:\d\d")


def begun(visit: Callable[..., Page], title: str, **options: Any) -> Page:
    """Return the editor of a new draft that saved itself."""
    page = signed_in(visit, f"{STUDIO}new/news/", **options)
    page.locator("#id_title_fr").press_sequentially(title)
    expect(page.locator("[data-saving]")).to_have_text(SAVED)
    return page


def test_what_is_typed_is_saved_by_itself(visit: Callable[..., Page]) -> None:
    page = begun(visit, "Sans bouton")
    assert re.search(r"/items/[0-9a-f-]{36}/$", page.url)
    page.locator("#id_body_fr").press_sequentially("Encore un mot.")
    # Pressed while a save may be under way: no conflict with oneself.
    page.locator('.bar button[value="save"]').click()
    expect(page.locator(".said").first).to_be_visible()
    assert page.input_value("#id_body_fr") == "Encore un mot."
    page.goto(STUDIO)
    expect(page.locator(".rows", has_text="Sans bouton").first).to_be_visible()


def test_the_second_of_two_is_told_while_typing_and_sees_both_texts(visit: Callable[..., Page]) -> None:
    first = begun(visit, "À deux")
    second = first.context.new_page()
    second.goto(first.url)
    second.locator("#id_body_fr").press_sequentially("Le texte de la seconde.")
    expect(second.locator("[data-saving]")).to_have_text(SAVED)
    first.locator("#id_body_fr").press_sequentially("Le texte de la première.")
    conflict = first.locator("[data-conflict]")
    expect(conflict).to_contain_text("Le texte de la seconde.")
    expect(conflict).to_contain_text("Le texte de la première.")
    # Nothing is saved any more until the button is pressed, which is a decision.
    first.locator("#id_body_fr").press_sequentially(" Et la suite.")
    first.wait_for_timeout(2500)
    second.reload()
    assert second.input_value("#id_body_fr") == "Le texte de la seconde."
    first.locator('.bar button[value="save"]').click()
    expect(first.locator(".said").first).to_be_visible()
    second.reload()
    assert second.input_value("#id_body_fr") == "Le texte de la première. Et la suite."


def test_without_a_connection_words_stay_on_the_phone_until_they_are_sent(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, f"{STUDIO}new/news/", expect_errors=True, **PHONE)
    page.context.set_offline(True)
    page.locator("#id_title_fr").press_sequentially("Dans le tunnel")
    page.locator('.bar button[value="save"]').click()
    expect(page.locator("[data-saving]")).to_contain_text("connexion")
    assert drafts(page) == 1
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-saving]")).to_have_text(SAVED)
    assert drafts(page) == 0
    page.goto(STUDIO)
    expect(page.locator(".rows", has_text="Dans le tunnel").first).to_be_visible()


def test_whose_role_ended_keeps_what_was_typed(visit: Callable[..., Page]) -> None:
    page = begun(visit, "Avant la fin", expect_errors=True)
    # What the server answers to somebody who has nothing to do with the community any more.
    page.route("**/autosave/", lambda route: route.fulfill(status=404, content_type="text/html", body=""))
    page.locator("#id_body_fr").press_sequentially("Le dernier mot.")
    page.locator('.bar button[value="save"]').click()
    expect(page.locator("[data-saving]")).to_contain_text("sur cet appareil")
    assert page.input_value("#id_body_fr") == "Le dernier mot."
    assert drafts(page) == 1


def test_words_kept_on_the_phone_are_sent_by_the_next_page_of_the_studio(visit: Callable[..., Page]) -> None:
    page = begun(visit, "Avant le tunnel", **PHONE)
    address = page.url
    page.context.set_offline(True)
    page.locator("#id_title_fr").press_sequentially(", et après")
    expect(page.locator("[data-saving]")).to_contain_text("connexion")
    page.close(run_before_unload=False)
    later = page.context.new_page()
    later.context.set_offline(False)
    later.goto(f"{page.url.split('/studio/')[0]}{STUDIO}")
    expect(later.locator("[data-unsent]")).to_contain_text("Avant le tunnel, et après")
    assert drafts(later) == 0
    later.goto(address)
    assert later.input_value("#id_title_fr") == "Avant le tunnel, et après"


def test_words_kept_on_the_phone_do_not_go_over_those_of_others(visit: Callable[..., Page]) -> None:
    page = begun(visit, "Dans deux tunnels")
    other = page.context.new_page()
    other.goto(page.url)
    page.context.set_offline(True)
    page.locator("#id_body_fr").press_sequentially("Écrit dans le tunnel.")
    expect(page.locator("[data-saving]")).to_contain_text("connexion")
    page.close(run_before_unload=False)
    other.context.set_offline(False)
    other.locator("#id_body_fr").press_sequentially("Écrit au bureau.")
    expect(other.locator("[data-saving]")).to_have_text(SAVED)
    other.goto(STUDIO)
    told = other.locator("[data-unsent] a", has_text="Dans deux tunnels")
    expect(told).to_be_visible()
    assert drafts(other) == 1
    told.click()
    conflict = other.locator("[data-conflict]")
    expect(conflict).to_contain_text("Écrit au bureau.")
    expect(conflict).to_contain_text("Écrit dans le tunnel.")
    assert other.input_value("#id_body_fr") == "Écrit dans le tunnel."


def test_signing_out_leaves_nothing_of_ones_work_on_the_device(visit: Callable[..., Page], attempt: int) -> None:
    page = signed_in(visit, who=LEAVERS[attempt])
    page.evaluate(
        """localStorage.setItem("perron:studio:draft:somebody-else:1", JSON.stringify(
          { autosave: "/studio/liege/new/news/autosave/", address: "/x/", title: "Pas à moi", entries: [] }))"""
    )
    page.reload()
    page.wait_for_timeout(500)
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert drafts(page) == 1
    page.locator(".studio-menu summary").click()
    page.locator('form[action$="/sign-out/"] button').click()
    page.wait_for_url(lambda address: "/studio/" not in address)
    assert drafts(page) == 0


def test_a_release_is_undone_and_an_earlier_version_comes_back(visit: Callable[..., Page]) -> None:
    page = begun(visit, "Trop tôt")
    page.locator('.bar button[value="release"]').click()
    page.locator("form.undo button").click()
    expect(page.locator(".over .state")).to_have_text("Brouillon")
    page.fill("#id_title_fr", "Plus tard")
    # Who leaves before it is saved is asked whether to stay.
    with page.expect_navigation():
        page.locator('.bar button[value="save"]').click()
    page.locator('a[href$="/history/"]').click()
    expect(page.locator(".version")).to_have_count(2)
    page.locator(".bar button").click()
    expect(page.locator(".difference")).to_contain_text(["Trop tôt"])
    page.locator('.bar form[action*="/history/1/"] button').click()
    assert page.input_value("#id_title_fr") == "Trop tôt"


def test_a_release_is_undone_without_javascript(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, f"{STUDIO}new/news/", java_script_enabled=False)
    page.fill("#id_title_fr", "Encore trop tôt")
    page.locator('.bar button[value="release"]').click()
    page.locator("form.undo button").click()
    expect(page.locator(".over .state")).to_have_text("Brouillon")


def test_it_is_all_done_by_keyboard(visit: Callable[..., Page], attempt: int) -> None:
    title = "Et demain" + " encore" * attempt + " ?"
    page = signed_in(visit, f"{STUDIO}new/news/")
    page.locator("#id_title_fr").focus()
    # While somebody types, a question mark is one.
    page.keyboard.type(title)
    expect(page.locator("#keys")).to_be_hidden()
    assert page.input_value("#id_title_fr") == title
    page.keyboard.press("Control+s")
    expect(page.locator('.said[role="status"]').first).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.locator("#id_body_fr").focus()
    page.keyboard.type("Tout est dit.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("form.undo")).to_be_visible()
    expect(page.locator(".row-live", has_text=title)).to_be_visible()


def test_what_comes_back_is_begun_from_a_template_and_pinned(visit: Callable[..., Page], attempt: int) -> None:
    title = "Marché hebdomadaire" + " encore" * attempt
    page = signed_in(visit, f"{STUDIO}new/event/")
    page.fill("#id_title_fr", title)
    page.fill('[name="starts"]', "2026-12-01T08:00")
    page.locator('.bar button[value="save"]').click()
    page.locator('summary:has-text("modèle")').click()
    page.locator('form[action$="/template/"] button').click()
    offered = page.locator("main section", has_text=title).locator('button[name="day"]').first
    day = offered.get_attribute("value")
    offered.click()
    expect(page.locator('[name="starts"]')).to_have_value(f"{day}T08:00")
    page.locator('.bar button[value="release"]').click()
    page.locator(".row-live a", has_text=title).click()
    page.locator('summary:has-text("Épingler")').click()
    page.fill("#id_pin_day", f"{date.today() + timedelta(days=5)}")  # noqa: DTZ011, TID251 what a clerk reads off the wall
    page.locator('form[action$="/pin/"] button').click()
    page.goto(f"{STUDIO}schedule/?view=week&date={date.today() + timedelta(days=5)}")  # noqa: DTZ011, TID251 the same
    expect(page.locator(".plan-unpinned", has_text=title)).to_be_visible()


def test_a_correction_is_told_to_residents(visit: Callable[..., Page], attempt: int) -> None:
    title = "Une heure fausse" + " encore" * attempt
    page = begun(visit, title)
    page.locator('.bar button[value="release"]').click()
    page.locator(".row-live a", has_text=title).click()
    page.fill("#id_correction_fr", "C’est à 9 h, pas à 8 h.")
    page.locator('.bar button[value="release"]').click()
    page.locator(".row-live a", has_text=title).click()
    assert page.input_value("#id_correction_fr") == ""
    page.locator("main p a", has_text="Voir").first.click()
    expect(page.locator(".corrected")).to_contain_text("C’est à 9 h, pas à 8 h.")


def test_a_second_person_reads_before_release(visit: Callable[..., Page], attempt: int) -> None:
    title = "Relue à deux" + " encore" * attempt
    writer = signed_in(visit, "/studio/club/new/news/", who=WRITER)
    writer.fill("#id_title_fr", title)
    expect(writer.locator('.bar button[value="release"]')).to_have_count(0)
    writer.locator('.bar button[value="review"]').click()
    writer.select_option("#id_reader", label=READS)
    writer.fill("#id_asked_words", "Avant demain, si possible.")
    writer.locator('button[value="ask"]').click()
    expect(writer.locator(".said").first).to_be_visible()

    reader = signed_in(visit, "/studio/club/", who=READER, **PHONE)
    reader.locator("section", has_text="À relire").locator("a", has_text=title).tap()
    expect(reader.locator(".steps")).to_contain_text("Avant demain, si possible.")
    reader.fill("#id_words", "Il manque l’heure.")
    reader.locator('button[value="back"]').tap()

    writer.goto("/studio/club/")
    writer.locator(".rows a", has_text=title).first.click()
    expect(writer.locator(".notice-heed")).to_contain_text("Il manque l’heure.")
    writer.fill("#id_body_fr", "À 9 h.")
    writer.locator('.bar button[value="review"]').click()
    writer.select_option("#id_reader", label=READS)
    writer.locator('button[value="ask"]').click()

    reader.reload()
    reader.locator('button[value="accept"]').tap()
    writer.goto("/studio/club/")
    writer.locator(".rows a", has_text=title).first.click()
    writer.locator('.bar button[value="release"]').click()
    expect(writer.locator(".row-live", has_text=title)).to_be_visible()


def drafts(page: Page) -> int:
    """Return how many drafts lie on the device."""
    return int(page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('perron:studio:')).length"))


def test_the_editor_saves_without_moving_anything_on_the_narrowest_phone(visit: Callable[..., Page]) -> None:
    page = begun(visit, "Étroit", viewport={"width": 320, "height": 640})
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, scheme
