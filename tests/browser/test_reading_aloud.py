"""An item is read aloud by a voice of the device and of the text's language, and by no other."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Site
from tests.browser.test_offline import until

pytestmark = pytest.mark.once

LISTEN, QUIET = "[data-listen]", "[data-quiet]"
# A browser's voices, without sound: `said` is what was to be said, `finish()` ends what is being said.
_VOICES = """
  const voice = (name, lang, localService) => ({ name, lang, localService, default: false });
  window.said = [];
  window.finish = () => said.at(-1).onend?.();
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
  const speech = Object.assign(new EventTarget(), {
    voices: [],
    getVoices: () => speech.voices,
    speak: (utterance) => said.push(utterance),
    // Browsers tell a cancelled utterance that it ended.
    cancel: () => said.at(-1)?.onerror?.({ error: "canceled" }),
  });
  Object.defineProperty(window, "speechSynthesis", { value: speech });
  window.give = (...voices) => { speech.voices = voices.map((one) => voice(...one)); speech.dispatchEvent(new Event("voiceschanged")); };
"""  # noqa: E501 a script
_LOCAL, _BELGIAN, _REMOTE = ["Thomas", "fr-FR", True], ["Aude", "fr_BE", True], ["Cloud", "fr-FR", False]


@pytest.fixture
def opened(visit: Callable[..., Page], site: Site) -> Callable[..., Page]:
    def opens(path: str = "", *voices: list[Any]) -> Page:
        page = visit("/fr/offline/")
        page.context.add_init_script(_VOICES)
        page.goto(path or f"/fr/liege/{site.items['event']}/")
        page.wait_for_selector("html[data-js]")
        until(page, "document.querySelector('[data-tools] [data-save]').ariaPressed !== null")
        page.evaluate("voices => give(...voices)", list(voices))
        return page

    return opens


def texts(page: Page) -> list[str]:
    return list(page.evaluate("said.map((one) => one.text)"))


def test_no_voice_no_button(opened: Callable[..., Page]) -> None:
    page = opened("", _REMOTE, ["Anna", "de-DE", True])
    expect(page.locator(LISTEN)).to_be_hidden()
    page.evaluate("voice => give(voice)", _LOCAL)
    expect(page.locator(LISTEN)).to_be_visible()


def test_it_reads_what_the_page_says_sentence_by_sentence(opened: Callable[..., Page]) -> None:
    page = opened("", _REMOTE, _LOCAL, _BELGIAN)
    page.click(LISTEN)
    until(page, "said.length === 1")
    assert page.evaluate("[said[0].voice.name, said[0].lang]") == ["Aude", "fr_BE"]
    for number in range(2, 20):
        page.evaluate("finish()")
        if page.evaluate("said.length") < number:
            break
    read = texts(page)
    assert read[0] == "Fête du quai"
    assert "Un texte important avec un lien." in [f"{text.rstrip('.')}." for text in read]
    assert any("Place Saint-Lambert" in text for text in read)
    assert not any("calendrier" in text or "agenda" in text for text in read), "buttons are not read"
    assert max(map(len, read)) <= 220
    expect(page.locator(LISTEN)).to_have_text("Écouter", use_inner_text=True)
    expect(page.locator(QUIET)).to_be_hidden()


def test_a_pause_goes_on_with_the_same_sentence_and_a_stop_begins_anew(opened: Callable[..., Page]) -> None:
    page = opened("", _LOCAL)
    page.click(LISTEN)
    expect(page.locator(LISTEN)).to_have_text("Mettre en pause", use_inner_text=True)
    page.evaluate("finish()")
    page.locator(LISTEN).press("Enter")
    expect(page.locator(LISTEN)).to_have_text("Continuer la lecture", use_inner_text=True)
    page.locator(LISTEN).press("Enter")
    until(page, "said.length === 3")
    read = texts(page)
    assert read[1] == read[2] != read[0]
    page.click(QUIET)
    expect(page.locator(LISTEN)).to_be_focused()
    page.click(LISTEN)
    until(page, "said.length === 4")
    assert texts(page)[3] == read[0]


def test_it_stops_when_the_page_is_left(opened: Callable[..., Page]) -> None:
    page = opened("", _LOCAL)
    page.click(LISTEN)
    until(page, "said.length === 1")
    page.evaluate("speechSynthesis.cancel = () => (window.cancelled = true); dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("cancelled")
    expect(page.locator(LISTEN)).to_have_text("Écouter", use_inner_text=True)


def test_the_voice_is_of_the_language_of_the_text_not_of_the_page(opened: Callable[..., Page], site: Site) -> None:
    page = opened(f"/fr/biblio/{site.items['dutch']}/", _LOCAL)
    expect(page.locator(LISTEN)).to_be_hidden()
    page.evaluate("give(['Ellen', 'nl-BE', true])")
    page.click(LISTEN)
    until(page, "said.length === 1")
    assert texts(page) == ["Alleen in het Nederlands"]
