"""The staff's journeys: on a phone, with a picture, without JavaScript, on the narrowest screen."""

import io
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal

from PIL import Image as Drawing
from playwright.sync_api import Dialog, Page, expect

from tests.browser.town import EDITOR

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
STUDIO = "/studio/liege/"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def signed_in(visit: Callable[..., Page], path: str = STUDIO, *, who: str = EDITOR, **options: Any) -> Page:
    return visit(path, who=who, **options)


def test_an_exercise_is_sent_from_a_phone_and_seen_by_residents(visit: Callable[..., Page], attempt: int) -> None:
    title = "Exercice au barrage" + " encore" * attempt
    page = signed_in(visit, **PHONE)
    page.locator(".alarm-big").tap()
    # All of it fits on the first screen: what is asked, and the two buttons.
    expect(page.locator('button[value="Exercise"]')).to_be_in_viewport(ratio=1)
    page.fill('[name="title_fr"]', title)
    page.fill('[name="instructions_fr"]', "Ne faites rien : c’est un exercice.")
    page.locator('button[value="Exercise"]').tap()
    expect(page.locator(".verdict.exercise")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Ne faites rien")
    page.locator("main form button").tap()
    expect(page.locator(".live.exercise h2", has_text=title)).to_be_visible()

    resident = visit("/fr/liege/")
    card = resident.locator("article", has_text=title).first
    expect(card).to_contain_text("Exercice")

    page.locator(".live", has_text=title).locator('a[href$="/withdraw/"]').tap()
    page.locator("main form button").tap()
    expect(page.locator(".live", has_text=title)).to_have_count(0)
    gone = resident.locator("article", has_text=title)
    for _ in range(20):
        # A web process hears of a withdrawal within a second, not at once.
        resident.reload()
        if gone.count() == 0:
            break
        resident.wait_for_timeout(250)
    expect(gone).to_have_count(0)


def test_news_with_a_picture_is_written_previewed_and_scheduled(visit: Callable[..., Page], attempt: int) -> None:
    title = "Le pont est repeint" + " encore" * attempt
    page = signed_in(visit, f"{STUDIO}new/news/")
    page.fill("#id_title_fr", title)
    page.fill("#id_body_fr", "Un texte **en gras**.")
    expect(page.locator("#live_fr strong")).to_have_text("en gras")
    page.set_input_files("#id_new_pictures", {"name": "pont.jpg", "mimeType": "image/jpeg", "buffer": _photo()})
    page.fill('[name^="alternative_"][name$="_fr"]', "Un pont rouge sur la Meuse")
    page.locator('button[value="preview"]').click()
    framed = page.frame_locator(".phone iframe")
    expect(framed.locator("h1")).to_have_text(title)
    expect(framed.locator('img[alt="Un pont rouge sur la Meuse"]')).to_be_visible()
    page.locator(".bar a").click()
    page.locator('button[value="later"]').click()
    moment = (datetime.now() + timedelta(days=3)).replace(hour=18, minute=30)  # noqa: DTZ005, TID251 what a clerk reads off the wall
    page.fill("#id_at", f"{moment:%Y-%m-%dT%H:%M}")
    page.locator("form[method=get] button").click()
    button = page.locator("form.chosen button")
    expect(button).to_have_text(re.compile(f"{moment.day}.*18:30"))
    button.click()
    expect(page.locator('[role="status"]')).to_contain_text(title)
    expect(page.locator(".row-scheduled", has_text=title)).to_be_visible()


def test_it_can_all_be_done_without_javascript(visit: Callable[..., Page], attempt: int) -> None:
    title = "Brocante" + " encore" * attempt
    page = signed_in(visit, f"{STUDIO}new/event/", java_script_enabled=False)
    page.fill("#id_title_fr", title)
    page.fill('[name="starts"]', "2030-05-04T08:00")
    page.select_option('[name="repeat"]', "week")
    page.set_input_files("#id_new_pictures", {"name": "pont.jpg", "mimeType": "image/jpeg", "buffer": _photo()})
    page.locator('button[value="pictures"]').click()
    expect(page.locator(".picture img")).to_have_count(1)
    assert page.input_value("#id_title_fr") == title
    page.locator('button[value="release"]').click()
    expect(page.locator(".problems a[href='#id_pictures']")).to_be_visible()
    page.locator('button[value^="picture-remove:"]').click()
    expect(page.locator(".picture")).to_have_count(0)
    page.locator('a[href$="/discard/"]').click()
    page.locator("main form button").click()
    expect(page.locator(".rows", has_text=title)).to_have_count(0)


def test_leaving_with_unsaved_words_is_asked_about(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, f"{STUDIO}new/news/")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.locator("#id_title_fr").press_sequentially("Presque perdu")
    page.goto(STUDIO)
    assert asked == ["beforeunload"]


def test_no_screen_is_wider_than_the_narrowest_phone(visit: Callable[..., Page]) -> None:
    page = signed_in(visit, viewport={"width": 320, "height": 640})
    for path in ("", "items/", "alert/", "new/news/", "new/event/", "new/works/", "new/document/", "new/alert/"):
        page.goto(STUDIO + path)
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320, (path, scheme)


def _photo() -> bytes:
    file = io.BytesIO()
    Drawing.new("RGB", (1200, 800), "#993322").save(file, "JPEG")
    return file.getvalue()
