"""What a text alone does not show: pictures, languages, an event's own date, dead links, hostile input."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from perron.publishing.advising.advice import MOST, advise
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.links import addresses
from perron.publishing.content import Content, Shown, Words

DAY = date(2026, 11, 26)
NOTICE = "La rue est fermée du 1er au 4 décembre. Le marché se tient place Saint-Lambert."


def found(content: Content, rule: str, **more: Any) -> list[Finding]:
    given: dict[str, Any] = {"kind": "news", "languages": ["fr", "nl"], "day": DAY} | more
    return [one for one in advise(Draft(content=content, **given)) if one.rule == rule]


def content(fr: str = NOTICE, nl: str = "De straat is dicht van 1 tot 4 december.", **more: Any) -> Content:
    texts = {"fr": Words(title="Rue fermée", body=fr), "nl": Words(title="Straat dicht", body=nl)}
    return Content(texts=texts, **more)


def test_a_picture_wants_words_in_each_language_that_is_written() -> None:
    shown = Shown(str(uuid4()), {"fr": "Deux ouvriers devant une barrière"})
    (finding,) = found(content(pictures=(shown,)), "alternative")
    assert finding.field == f"alternative_{shown.image}_nl"
    assert found(content(pictures=(replace(shown, alternatives={"fr": "Un", "nl": "Een man"}),)), "alternative") == []


@pytest.mark.parametrize("words", ["IMG_2034.jpg", "photo", "Foto", "DSC-00421", "affiche.png"])
def test_a_files_name_is_no_description(words: str) -> None:
    shown = Shown(str(uuid4()), {"fr": words, "nl": "Twee arbeiders"})
    assert [one.words for one in found(content(pictures=(shown,)), "alternative")] == [words]


def test_a_poster_does_not_stand_in_for_the_text() -> None:
    shown = Shown(str(uuid4()), {"fr": "Affiche de la brocante", "nl": "Straat met kramen"})
    assert [one.field for one in found(content("Venez !", pictures=(shown,)), "poster")] == ["body_fr"]
    assert found(content(f"{NOTICE} {NOTICE} {NOTICE}", pictures=(shown,)), "poster") == []


def test_missing_languages_are_one_finding() -> None:
    only = Content(texts={"fr": Words(title="Rue fermée", body=NOTICE)})
    (finding,) = found(only, "languages", languages=["fr", "nl", "de", "en"])
    assert "Nederlands, Deutsch, English" in finding.what
    assert "Français" in finding.why
    assert found(Content(), "languages") == []


def test_a_language_without_its_text_or_with_anothers_is_told() -> None:
    assert "no text" in found(content(nl=""), "languages")[0].what
    assert "same as in Français" in found(content(nl=NOTICE), "languages")[0].what


def test_a_language_left_behind_by_a_correction_is_older() -> None:
    before = content()
    after = content(NOTICE.replace("4 décembre", "11 décembre"))
    (finding,) = found(after, "languages", earlier=[before])
    assert finding.field == "body_nl"
    assert finding.what == "Nederlands is older than Français."
    assert "11" in finding.words


def test_both_corrected_or_a_slip_put_right_is_not_older() -> None:
    before = content()
    slip = content(NOTICE.replace("se tient", "se tiendra"))
    both = content(NOTICE.replace("4 déc", "11 déc"), "De straat is dicht van 1 tot 11 december.")
    assert found(slip, "languages", earlier=[before]) == []
    assert found(both, "languages", earlier=[before, content(NOTICE.replace("4 déc", "11 déc"))]) == []


def test_what_was_translated_afterwards_is_not_a_correction() -> None:
    french = Content(texts={"fr": Words(title="Rue fermée", body=NOTICE)})
    begun = content(nl="De straat")
    assert found(content(), "languages", earlier=[french, begun]) == []


def event(starts: str, body: str, **details: str) -> list[Finding]:
    texts = {"fr": Words(title="Concert", body=body)}
    details = {"starts": f"{starts}T19:00", "ends": f"{starts}T21:00"} | details
    return found(Content(texts=texts, details=details), "dates", kind="event", languages=["fr"])


def test_an_event_on_another_day_than_its_text_is_told() -> None:
    (finding,) = event("2026-12-05", "Rendez-vous le 6 décembre à l’église.")
    assert finding.words == "6 décembre"


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ("Rendez-vous le 5 décembre.", {}),
        ("Rendez-vous le samedi 5 et le samedi 12 décembre.", {}),
        ("Réservation avant le 1er décembre.", {}),
        ("Rendez-vous le 6 décembre.", {"recurrence": "FREQ=WEEKLY"}),
        ("Rendez-vous le 6 décembre.", {"ends": "2026-12-07T12:00"}),
        ("Prochaine date : le 9 janvier.", {}),
    ],
)
def test_other_days_beside_an_events_own_are_right(body: str, details: dict[str, str]) -> None:
    assert event("2026-12-05", body, **details) == []


def test_a_dead_link_is_told_with_its_reason() -> None:
    text = content("Voir [le plan](https://gone.example/plan) et [la Ville](https://liege.example/).")
    (finding,) = found(text, "dead", dead={"https://gone.example/plan": "The page is gone."})
    assert finding.why == "The page is gone."
    assert "https://gone.example/plan" in finding.words


def test_the_addresses_of_a_draft_are_those_that_a_reader_can_follow() -> None:
    text = content("[a](https://a.example/) [b](mailto:b@b.example) <https://c.example/> [d](/fr/) `https://e.example`")
    draft = Draft(
        kind="event",
        languages=["fr"],
        day=DAY,
        content=replace(text, details={"registration_url": "https://f.example"}),
    )
    assert addresses(draft) == ["https://a.example/", "https://c.example/", "https://f.example"]


@pytest.mark.parametrize(
    "body",
    [
        "A" * 50_000,
        "1" * 50_000,
        "1/" * 25_000,
        "3 mars " * 7_000,
        "1, " * 16_000 + "5 mars 2026",
        "a@" * 25_000,
        "[" * 50_000,
        "**" * 25_000,
        "M. " * 16_000,
        "0" + "1 " * 25_000,
        "www." * 12_500,
        "\n# " * 16_000,
        "samedi " * 7_000,
        "- \u202e\x00<script>" * 3_000,
    ],
)
def test_hostile_texts_end_and_flood_nobody(body: str) -> None:
    """A quadratic rule would take minutes here."""
    texts = {"fr": Words(title="x", body=body)}
    assert len(advise(Draft(kind="news", languages=["fr"], day=DAY, content=Content(texts=texts)))) <= MOST
