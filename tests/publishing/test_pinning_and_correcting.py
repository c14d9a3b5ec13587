"""What stays first for a time, and what residents are told of a correction."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.communities import versions
from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import NotAllowed, Refused
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Content
from perron.publishing.models import Item, Release
from perron.publishing.releasing import last_release
from perron.publishing.working.pinning import pin, unpin
from perron.publishing.working.restoring import restore
from perron.publishing.working.undoing import undo
from perron.reader.public import UNTIL
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def liege() -> Community:
    made = making.community()
    making.platform(made)
    return made


def titles(client: Client, path: str = "/fr/liege/") -> list[str]:
    return [card.story.title for card in client.get(path).context["cards"]]


def document(client: Client) -> list[dict[str, Any]]:
    cards: list[dict[str, Any]] = json.loads(client.get("/fr/liege/cards.json").content)["cards"]
    return cards


def test_a_pinned_item_is_first_until_its_day(liege: Community, client: Client) -> None:
    old = making.released(at=liege, title="Ancienne")
    for number in range(50):
        making.released(at=liege, title=f"Nouvelle {number}")
    assert "Ancienne" not in titles(client)
    before = versions.current()
    until = clock.now() + timedelta(days=3)
    pin(old, until, by=SYSTEM)
    assert versions.current() != before
    assert titles(client)[0] == "Ancienne"
    assert titles(client).count("Ancienne") == 1
    assert [title for page in (1, 2, 3) for title in titles(client, f"/fr/liege/?page={page}")].count("Ancienne") == 1
    card = document(client)[0]
    assert (card["id"], bool(card["pinned"])) == (str(old.pk), True)
    assert "Épinglé" in card["html"]
    with clock.travel(until + timedelta(seconds=1)):
        assert titles(client)[0] == "Nouvelle 49"
        assert not any("pinned" in card for card in document(client))


def test_the_page_is_kept_no_longer_than_the_pin(liege: Community, client: Client) -> None:
    item = making.released(at=liege)
    until = clock.now() + timedelta(minutes=5)
    pin(item, until, by=SYSTEM)
    for path in ("/fr/liege/", "/fr/liege/cards.json"):
        assert client.get(path)[UNTIL] == str(until.timestamp())


def test_a_pin_ends_by_hand_and_only_editors_set_it(liege: Community, client: Client) -> None:
    item = making.released(at=liege, title="Première")
    making.released(at=liege, title="Seconde")
    author = making.person(role="author", at=liege).actor
    with pytest.raises(NotAllowed):
        pin(item, clock.now() + timedelta(days=1), by=author)
    pin(item, clock.now() + timedelta(days=1), by=SYSTEM)
    with pytest.raises(NotAllowed):
        unpin(item, by=author)
    unpin(item, by=SYSTEM)
    assert titles(client) == ["Seconde", "Première"]


def test_at_most_three_are_pinned_and_not_for_ever(liege: Community) -> None:
    soon = clock.now() + timedelta(days=1)
    for _ in range(3):
        pin(making.released(at=liege), soon, by=SYSTEM)
    fourth = making.released(at=liege)
    with pytest.raises(Refused, match="Three"):
        pin(fourth, soon, by=SYSTEM)
    for until in (clock.now(), clock.now() + timedelta(days=400)):
        with pytest.raises(Refused, match="within a year"):
            pin(fourth, until, by=SYSTEM)
    with pytest.raises(Refused, match="not public any more"):
        pin(releasing.withdraw(fourth, by=SYSTEM), soon, by=SYSTEM)


def corrected(item: Item, notice: dict[str, str], title: str = "Corrigé") -> Item:
    item.refresh_from_db()
    content = replace(making.content(title=title), correction=notice)
    item = drafting.save(item, content, by=SYSTEM, expected=item.edition)
    return releasing.release(item, by=SYSTEM, expected=item.edition)


def test_residents_read_what_was_corrected_and_when(liege: Community, client: Client) -> None:
    item = making.released(at=liege)
    page = f"/fr/liege/{item.slug}/"
    assert "corrected" not in client.get(page).content.decode()
    item = corrected(item, {"fr": "Le marché commence à 9 h, pas à 8 h.", "nl": "Om 9 uur."})
    text = client.get(page).content.decode()
    assert "Le marché commence à 9 h, pas à 8 h." in text
    assert "Om 9 uur." not in text
    assert "Corrigé" in document(client)[0]["html"]
    assert '"correction": [{"@type": "CorrectionComment", "text": "Le marché commence à 9 h' in text
    (told,) = client.get(f"/api/v1/items/{item.pk}?language=nl").json()["corrections"]
    assert told["text"] == "Le marché commence à 9 h, pas à 8 h."
    # A later correction without a word does not take the line away, nor tell it again.
    item = corrected(item, {}, title="Encore")
    text = client.get(page).content.decode()
    # Once for people, once for programs.
    assert text.count("Le marché commence à 9 h") == 2
    assert [row.notice for row in Release.objects.order_by("at")] == [
        {}, {"fr": "Le marché commence à 9 h, pas à 8 h.", "nl": "Om 9 uur."}, {},
    ]  # fmt: skip
    told = Item.objects.get().corrected_at
    assert told is not None
    assert Release.objects.order_by("at")[0].at < told < Release.objects.order_by("at")[2].at


def test_what_was_told_is_not_told_again(liege: Community) -> None:
    item = corrected(making.released(at=liege), {"fr": "Une fois."})
    assert drafting.newest(item).correction == {}
    again = restore(item, 2, by=SYSTEM, expected=2).item
    assert drafting.newest(again).correction == {}


def test_an_undone_correction_is_not_told(liege: Community, client: Client) -> None:
    item = corrected(making.released(at=liege), {"fr": "Trop vite dit."})
    undo(last_release(item), by=SYSTEM)
    assert "Trop vite dit." not in client.get(f"/fr/liege/{item.slug}/").content.decode()
    assert Item.objects.get().corrected_at is None
    # It still waits with the text that was not released.
    assert drafting.newest(Item.objects.get()).correction == {"fr": "Trop vite dit."}


def test_a_first_release_corrects_nothing(liege: Community) -> None:
    content = replace(making.content(), correction={"fr": "Rien à corriger."})
    item = drafting.begin(liege, "news", content, by=SYSTEM)
    releasing.release(item, by=SYSTEM, expected=1)
    assert Release.objects.get().notice == {}


def test_hostile_words_are_cleaned() -> None:
    content = Content.from_json({"correction": {"fr": "a\u202eb\n\0c", "nl": "  "}})
    assert content.correction == {"fr": "ab c"}
