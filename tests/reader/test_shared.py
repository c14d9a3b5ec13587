"""An item of an upper tier in the pages of a commune that accepted it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import set_script_prefix

from perron.communities.hosting import split_prefix
from perron.communities.models import Community
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.models import Item, Placement
from perron.publishing.sharing import answering, placing
from perron.reader import selecting
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def liege() -> Community:
    return making.community(names={"fr": "Liège"})


@pytest.fixture
def water() -> Community:
    return making.community("water", kind=Community.Kind.PUBLIC_SERVICE, names={"fr": "Les Eaux"})


@pytest.fixture(autouse=True)
def _platforms(liege: Community, water: Community) -> None:
    making.platform(liege, water)
    making.platform(liege, slug="town", is_front=False)


def placed(item: Item, community: Community) -> Placement:
    answering.settle(community, item.community, "always", by=SYSTEM)
    return placing.offer(item, [community], by=SYSTEM)[0]


def get(path: str) -> Any:
    """Ask with the prefix of a platform by path moved, as the server does."""
    prefix, path = split_prefix(path)
    set_script_prefix(f"{prefix}/")
    try:
        return Client(SCRIPT_NAME=prefix).get(path)
    finally:
        set_script_prefix("/")


def page(path: str) -> str:
    answer = get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def document(slug: str = "liege") -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(page(f"/fr/{slug}/cards.json"))
    return answer


PLACES = {
    "news": ["/fr/liege/", "/fr/liege/feed.rss", "/fr/liege/feed.atom", "/fr/liege/feed.json", "/fr/liege/widget/",
             "/fr/liege/screen/", "/p/town/fr/", "/p/town/fr/?c=liege", "/api/v1/items?community=liege",
             "/api/v1/items?platform=town"],
    "event": ["/fr/liege/agenda/", "/p/town/fr/agenda/", "/fr/liege/agenda.ics"],
    "alert": ["/fr/liege/", "/fr/liege/alerts.cap", "/p/town/fr/", "/fr/liege/widget/"],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in PLACES.items() for path in paths])
def test_it_shows_where_the_commune_shows_its_own_as_long_as_it_is_accepted(
    kind: str, path: str, liege: Community, water: Community
) -> None:
    item = making.released(kind, at=water, title="Eau a bouillir")
    (placement,) = placing.offer(item, [liege], by=SYSTEM)

    def shows() -> bool:
        return "Eau a bouillir" in page(path)

    assert not shows()
    answering.accept(placement, by=SYSTEM)
    assert shows()
    answering.decline(placement, "Non.", by=SYSTEM)
    assert not shows()


def test_it_is_corrected_and_withdrawn_with_the_original(liege: Community, water: Community) -> None:
    item = making.released(at=water, title="Avant")
    placed(item, liege)
    (card,) = document()["cards"]
    assert (card["id"], card["from"]) == (str(item.pk), "Les Eaux")
    assert document("water")["cards"] == [card]
    item = drafting.save(item, making.content(title="Apres"), by=SYSTEM, expected=1)
    assert "Avant" in document()["cards"][0]["html"]
    releasing.release(item, by=SYSTEM, expected=2)
    assert "Apres" in document()["cards"][0]["html"]
    releasing.withdraw(item, by=SYSTEM)
    assert document()["cards"] == []


def test_what_is_old_but_still_matters_stays_beside_forty_newer_ones(liege: Community, water: Community) -> None:
    for kind in ("alert", "event", "works"):
        placed(making.released(kind, at=water, title=f"Ancien {kind}"), liege)
    for number in range(41):
        making.released(at=liege, title=f"Neuf {number}")
    cards = document()["cards"]
    assert [card["kind"] for card in cards[40:]] == ["works", "event", "alert"]
    assert all(card["times"] for card in cards[40:42])


def test_the_newest_of_both_are_shown_in_one_order(liege: Community, water: Community) -> None:
    for number in range(30):
        making.released(at=liege, title=f"A {number}")
        placed(making.released(at=water, title=f"B {number}"), liege)
    cards = document()["cards"]
    assert len(cards) == 40
    assert [card["published"] for card in cards] == sorted((card["published"] for card in cards), reverse=True)
    assert {card["from"] for card in cards} == {"Liège", "Les Eaux"}
    pages = [page(f"/fr/liege/?page={number}") for number in (1, 2, 3)]
    assert [one.count("<article") for one in pages] == [20, 20, 20]


def test_a_document_with_what_others_wrote_takes_at_most_ten_queries(liege: Community, water: Community) -> None:
    for number in range(45):
        making.released("works" if number % 3 else "event", at=liege, title=f"A {number}")
        placed(making.released("alert" if number % 2 else "event", at=water, title=f"B {number}"), liege)
    document()
    with CaptureQueriesContext(connection) as captured:
        assert len(document()["cards"]) > 40
    assert len(captured) <= 10


def test_its_page_opens_on_the_communes_own_platform(liege: Community, water: Community) -> None:
    item = making.released("event", at=water)
    path = f"/p/town/fr/water/{item.slug}"
    assert get(f"{path}/").status_code == 404
    placement = placed(item, liege)
    # There is no page of its own community here: its name leads to where it is at home.
    assert f'href="{settings.PERRON_ORIGIN}/fr/water/"' in page(f"{path}/")
    assert get(f"{path}.ics").status_code == 200
    assert get("/p/town/fr/water/").status_code == 404
    answering.decline(placement, "Non.", by=SYSTEM)
    assert get(f"{path}/").status_code == 404


def test_an_alert_message_opens_on_the_communes_own_platform(liege: Community, water: Community) -> None:
    item = making.released("alert", at=water)
    path = f"/p/town/water/alerts/{item.pk}-1.cap"
    assert get(path).status_code == 404
    placed(item, liege)
    assert get(path).status_code == 200


def test_the_agenda_says_in_whose_it_stands(liege: Community, water: Community) -> None:
    placed(making.released("event", at=water), liege)
    agenda = page("/fr/agenda/")
    assert agenda.count("<article") == 1
    assert 'data-community="water liege"' in agenda


def test_the_page_of_the_commune_is_true_until_a_placed_alert_begins(liege: Community, water: Community) -> None:
    begins = clock.now() + timedelta(minutes=1)
    details = {"effective_at": begins.isoformat(), "ends_at": (begins + timedelta(hours=1)).isoformat()}
    placed(making.released("alert", at=water, details=details), liege)
    assert selecting.next_alert(liege) == begins
    with clock.travel(begins):
        assert [row.item.community for row in selecting.live_alerts(liege)] == [water]
