"""Every kind of letter that the program has: complete in every language, readable by everybody, nobody's spy."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template import engines

from perron.core.language import LANGUAGES
from perron.letters.kinds import kind_named
from perron.letters.kinds import kinds as all_kinds
from perron.letters.models import Letter
from perron.letters.rendering import Rendered, render
from perron.privacy.policy.current import policy

# A test of a campaign is that campaign itself, which `tests/outreach` looks at.
KINDS = sorted(set(all_kinds()) - {"news-test"})
# What every letter is tried with; a kind that needs more adds it here.
CONTEXT: dict[str, Any] = {
    "day": "2026-12-01", "received_day": "2026-11-20", "due_day": "2026-12-20", "until_day": "2027-02-20",
    "changes": "Une <seule> chose.", "link": "https://app.example.org/x?a=1&b=2", "reason": "L'exactitude & la suite",
    "complaint_page": "https://authority.example.org/complaint", "rights_page": "https://authority.example.org/rights",
    "authority": "Autorité\nRue de la Presse 35", "reference": "r2m4k8", "kind": "accès", "name": "Anne <b>Lambert</b>",
    "words": "Nous vous répondons.\n\nVoici.", "ground": "excessive", "citation": "GDPR art. 12(5)", "minutes": 30,
    "partner": "Ville de Liège", "text": "Bonjour <Anne>,\n\nvoici.", "kept": "Un an après.", "heading": "Une question",
    "title": "Marché de <Noël>", "who": "Claire & Paul",
    "source": "La <feuille>", "community": "Liège", "since_day": "2026-11-20", "sentence": "Il n'y a rien.",
    "advice": "Attendez.",
    "commune": "Ville de Liège", "first": 3, "studio": "https://app.example.org/studio/",
    "known": "2026-11-20T13:05:00+00:00", "due": "2026-11-23T13:05:00+00:00", "happened": "Un <disque> volé.",
    "consequences": "Du hameçonnage.", "measures": "Les accès & les mots de passe sont changés.",
    "contact": "Letsgocity S.A., privacy@example.org",
    "password": "https://app.example.org/account/password/",
    "place": "Mosane <en> poche", "address": "anne@example.org",
    "scope": "Ville de Liège", "role": "Rédacteur", "until": "2026-12-08", "number": 3,
    "due_on": "2026-12-31", "hand_over": "", "device": "Firefox, Linux",
    "what": "app-added", "left": 3,
    "security": "https://app.example.org/account/security/",
}  # fmt: skip


def rendered(kind: str, language: str) -> Rendered:
    return render(Letter(kind=kind, language=language, context=CONTEXT))


class _Page(HTMLParser):
    """What a page fetches, where it leads, and its language."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.languages: list[str] = []
        self.fetched: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.languages.append(values.get("lang") or "")
        if tag == "a":
            self.links.append(values.get("href") or "")
        self.fetched += [
            value or "" for name, value in attrs if name in {"src", "srcset", "background", "data", "poster"}
        ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_it_has_its_words_in_every_language(kind: str, language: str) -> None:
    words = rendered(kind, language)
    operator = policy().operator
    for form in (words.text, words.html):
        for fact in (operator.name, operator.street, operator.locality, operator.email, operator.enterprise_number):
            assert fact in form
        assert "None" not in form
        assert "{" not in re.sub(r"<style>.*?</style>", "", form, flags=re.DOTALL)
    assert words.heading
    assert "&amp;" not in words.text
    assert "<b>" not in words.html
    assert "\n\n\n" not in words.text
    # What the templates say themselves, without what was typed: in French no colon follows a word at once.
    if language == "fr":
        assert not re.search(r"^[^\W\d][\w ’-]+: ", words.text, re.MULTILINE)
    if language != "en":
        assert words.text != rendered(kind, "en").text
        # Not even the reason at the foot is left in English.
        assert str(kind_named(kind).why) not in words.text


@pytest.mark.parametrize("kind", KINDS)
def test_its_page_is_readable_by_everybody_and_fetches_nothing(kind: str) -> None:
    words = rendered(kind, "nl")
    page = _Page()
    page.feed(words.html)
    assert page.languages == ["nl"]
    assert page.tags.count("h1") == 1
    assert {"title", "main", "footer"} <= set(page.tags)
    assert not {"img", "script", "link", "iframe", "form", "table", "base"} & set(page.tags)
    assert page.fetched == []
    assert not re.search(r"url\(|@import", words.html)
    assert "prefers-color-scheme: dark" in words.html
    assert all(link.startswith(("https://", "mailto:")) for link in page.links)
    # Who reads only the text can follow the same links.
    assert {link for link in page.links if link.startswith("https:")} <= set(re.findall(r"https://\S+", words.text))


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_needs_is_what_it_says(kind: str) -> None:
    """A template that asks for something that nobody gives would leave a gap."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    engine.string_if_invalid = "MISSING %s"
    try:
        words = rendered(kind, "en")
    finally:
        engine.string_if_invalid = ""
    assert "MISSING" not in words.text + words.html
    assert str(kind_named(kind).why)[-1] == "."
