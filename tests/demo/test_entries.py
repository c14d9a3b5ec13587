from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from perron.communities.colours import validate_brand_colour
from perron.communities.models import Community
from perron.communities.roles import Role
from perron.core.language import LANGUAGES
from perron.project.demo import dating, places
from perron.project.demo.entries import Entry, entries, table
from perron.project.demo.scenes import SCENES
from perron.publishing.kinds.registry import KINDS

TODAY = date(2026, 11, 23)
ENTRIES = entries()


def test_there_is_enough_to_read_in_every_language_and_of_every_kind() -> None:
    languages = Counter(language for entry in ENTRIES for language in entry.texts)
    kinds = Counter(entry.kind for entry in ENTRIES)
    assert len(ENTRIES) >= 80
    assert set(kinds) == set(KINDS)
    assert set(languages) == set(LANGUAGES)
    assert min(languages.values()) >= 25


def test_every_kind_of_community_and_several_colours_are_shown() -> None:
    communities, platforms = table("places")["community"], table("places")["platform"]
    assert {row["kind"] for row in communities} == set(Community.Kind)
    assert len(communities) >= 8
    assert len({row["colour"] for row in platforms}) == len(platforms) >= 3
    for row in platforms:
        validate_brand_colour(row["colour"])


def test_no_two_texts_are_alike() -> None:
    for part in ("title", "summary", "body"):
        texts = Counter(words[part] for entry in ENTRIES for words in entry.texts.values() if words[part])
        assert [text for text, count in texts.items() if count > 1] == []


def test_every_key_is_there_once() -> None:
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry.community}/{entry.key}")
def test_an_entry_keeps_to_its_communitys_languages_and_says_what_its_picture_shows(entry: Entry) -> None:
    languages = next(row["languages"] for row in table("places")["community"] if row["slug"] == entry.community)
    assert set(entry.texts) <= set(languages)
    if entry.picture:
        assert set(table("pictures")[entry.picture]) == set(LANGUAGES)
        assert entry.picture in SCENES


@pytest.mark.parametrize("ahead", range(7))
def test_on_whatever_day_it_is_loaded_something_is_on(ahead: int) -> None:
    today = TODAY + timedelta(days=ahead)
    starts = [
        datetime.fromisoformat(dating.dated(entry.details, today)["starts"]).date()
        for entry in ENTRIES
        if entry.kind == "event"
    ]
    assert sum(day == today for day in starts) >= 2
    assert sum(today < day <= today + timedelta(days=7) for day in starts) >= 8
    works = [dating.dated(entry.details, today) for entry in ENTRIES if entry.kind == "works"]
    assert sum(row["starts_on"] <= str(today) <= row["ends_on"] for row in works) >= 4
    deadlines = [
        dating.dated(entry.details, today).get("deadline", "") for entry in ENTRIES if entry.kind == "document"
    ]
    assert sum(day > str(today) for day in deadlines) >= 5


@pytest.mark.parametrize("ahead", range(7))
def test_on_whatever_day_it_is_loaded_every_detail_can_be_released(ahead: int) -> None:
    for entry in ENTRIES:
        details = dating.dated(entry.details, TODAY + timedelta(days=ahead))
        form = KINDS[entry.kind].form(details, languages=list(entry.texts))
        assert form.is_valid(), (entry.key, form.errors)


def test_the_accounts_have_every_role() -> None:
    assert {account.role for account in places.sign_ins()} == {*Role, "resident"}
    assert any(not account.at for account in places.sign_ins()), "one is the operator's"
