"""One story from two sources is shown once, with both named; what is only alike is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.core import clock
from perron.publishing.content import Words
from perron.publishing.models import Item, Origin
from tests import making

pytestmark = pytest.mark.django_db

TOMORROW = "2099-03-01T19:00"


@pytest.fixture(autouse=True)
def towns() -> list[Community]:
    towns = [making.community(slug, names={"fr": slug.title()}) for slug in ("ans", "huy")]
    making.platform(*towns)
    return towns


def story(town: str, kind: str = "news", *, title: str = "Fête au parc", summary: str = "Dimanche.", link: str = "",
          source: str = "feed", identifier: str = "", **details: Any) -> Item:  # fmt: skip
    texts = {"fr": Words(title=title, summary=summary, body="Texte.")}
    item = making.released(kind, at=making.community(town), texts=texts, details=details)
    if link or identifier:
        Origin.objects.create(item=item, community=item.community, source=source, identifier=identifier or str(item.pk),
                              url=link, fingerprint="x")  # fmt: skip
    return item


def shown(path: str = "/fr/?c=ans&c=huy") -> str:
    return Client().get(path).content.decode()


def times(page: str) -> int:
    return page.count("<article")


def test_the_same_words_are_shown_once_with_both_named() -> None:
    story("ans")
    story("huy", title="FETE  au parc !")
    page = shown()
    assert times(page) == 1
    assert "aussi par Huy" in page
    # Who follows one of them reads it as its own.
    assert "aussi par Ans" not in shown("/fr/?c=huy")
    assert times(shown("/fr/huy/")) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Fête au bois"},
        {"summary": "Lundi."},
        {"summary": ""},
        {"kind": "document"},
    ],
)
def test_what_differs_in_one_thing_is_shown_twice(other: dict[str, Any]) -> None:
    story("ans")
    story("huy", **other)
    assert times(shown()) == 2


def test_a_title_alone_is_not_enough() -> None:
    story("ans", summary="")
    story("huy", summary="")
    assert times(shown()) == 2


@pytest.mark.parametrize(("hours", "number"), [(47, 1), (49, 2)])
def test_the_same_words_much_later_are_another_story(hours: int, number: int) -> None:
    with clock.travel(clock.now() - timedelta(hours=hours)):
        story("ans")
    story("huy")
    assert times(shown()) == number


def test_one_link_is_one_story_whatever_its_words() -> None:
    with clock.travel(clock.now() - timedelta(days=9)):
        story("ans", link="https://www.province.example/actu/12?utm_source=rss")
    story("huy", title="Vu ailleurs", link="http://www.province.example/actu/12/")
    assert times(shown()) == 1


@pytest.mark.parametrize("link", ["https://www.province.example/", "https://www.province.example"])
def test_the_front_page_of_a_website_is_no_story(link: str) -> None:
    story("ans", link=link)
    story("huy", title="Autre", link=link)
    assert times(shown()) == 2


def test_a_link_that_a_source_gives_twice_tells_nothing() -> None:
    for title in ("Un", "Deux"):
        story("ans", title=title, link="https://www.province.example/actu")
    story("huy", title="Trois", link="https://www.province.example/actu")
    assert times(shown()) == 3


def test_what_a_community_repeats_is_not_hidden_but_two_sources_of_its_are_one() -> None:
    story("ans")
    story("ans")
    assert times(shown()) == 2
    story("huy", source="one", link="https://huy.example/1")
    story("huy", source="two", link="https://huy.example/1")
    assert times(shown("/fr/huy/")) == 1


def test_an_event_is_the_same_at_one_time_and_place_only() -> None:
    event = {"starts": TOMORROW, "ends": "2099-03-01T21:00", "place": "Salle des fêtes"}
    story("ans", "event", summary="Venez.", **event)
    story("huy", "event", summary="Autres mots.", **event)
    assert times(shown()) == 1
    story("huy", "event", **event | {"place": "Église"})
    story("huy", "event", **event | {"starts": "2099-03-01T20:00"})
    assert times(shown()) == 3


def test_the_agenda_shows_it_once_too_for_who_follows_either() -> None:
    story("ans", "event")
    story("huy", "event")
    page = shown("/fr/agenda/")
    assert times(page) == 1
    assert "aussi par Huy" in page
    assert 'data-community="ans huy"' in page


def test_alerts_are_the_same_only_if_they_are_the_same_message() -> None:
    story("ans", "alert")
    story("huy", "alert")
    assert times(shown()) == 2
    story("ans", "alert", title="Crue", identifier="be.2026.7")
    story("huy", "alert", title="Inondation", identifier="be.2026.7")
    assert times(shown()) == 3


def test_the_document_carries_the_keys_and_hides_nothing() -> None:
    story("ans")
    story("huy")
    ours, theirs = (Client().get(f"/fr/{town}/cards.json").json()["cards"] for town in ("ans", "huy"))
    assert ours[0]["same"] == theirs[0]["same"] != []
    assert (ours[0]["from"], theirs[0]["from"]) == ("Ans", "Huy")
