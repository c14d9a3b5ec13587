"""Search as residents and programs ask it: what is answered, and that nobody keeps what was looked for."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from perron.communities.hosting import split_prefix
from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Content, Words
from perron.publishing.models import Item, Placement
from perron.publishing.sharing import answering, placing
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def towns() -> tuple[Community, Community]:
    liege, herstal = making.community("liege"), making.community("herstal")
    making.platform(liege, herstal)
    making.platform(herstal, slug="other", is_front=False)
    return liege, herstal


@pytest.fixture
def concerts(towns: tuple[Community, Community]) -> list[Item]:
    liege, herstal = towns
    return [
        making.released(at=liege, texts={"fr": Words("Le concert de la place", "Un soir.")}),
        making.released("event", at=herstal, texts={"fr": Words("Un bal", "Avec un concert.")}),
    ]


def shown(response: Any, items: list[Item]) -> list[int]:
    """Return which of `items` are on a page, in its order."""
    page = response.content.decode()
    return sorted(
        (place for place, item in enumerate(items) if str(item.pk) in page),
        key=lambda place: page.index(str(items[place].pk)),
    )


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("/fr/search/?q=CONCERT", [0, 1]),
        ("/nl/search/?q=concért", [0, 1]),
        ("/fr/search/?q=concert&c=herstal", [1]),
        ("/fr/search/?q=concert&c=herstal&c=liege", [0, 1]),
        ("/fr/search/?q=concert&kind=event", [1]),
        ("/fr/search/?q=concert&kind=news&c=herstal", []),
        ("/p/other/fr/search/?q=concert", [1]),
        ("/p/other/fr/search/?q=concert&c=liege", [1]),
        ("/fr/search/?q=absent", []),
        ("/fr/search/?q=", []),
        ("/fr/search/?q=%22%00(", []),
        ("/fr/herstal/search.json?q=concert", [1]),
        ("/fr/liege/search.json?q=concert&kind=event", []),
    ],
)
def test_what_is_shown(client: Client, concerts: list[Item], address: str, found: list[int]) -> None:
    script, path = split_prefix(address)
    assert shown(client.get(path, SCRIPT_NAME=script), concerts) == found


def test_what_a_community_took_from_others_is_found_with_it(client: Client, towns: tuple[Community, Community]) -> None:
    liege, herstal = towns
    water = making.community("water", kind=Community.Kind.PUBLIC_SERVICE)
    item = making.released(at=water, texts={"fr": Words("Coupure d’eau")})

    def doors() -> list[int]:
        apart = ["/fr/search/?q=coupure&c=herstal", "/fr/herstal/search.json?q=coupure",
                 "/api/v1/search?q=coupure&community=herstal"]  # fmt: skip
        return [str(item.pk) in client.get(address).content.decode() for address in apart]

    (placement,) = placing.offer(item, [herstal], by=SYSTEM)
    assert doors() == [False] * 3
    answering.accept(placement, by=SYSTEM)
    assert doors() == [True] * 3
    assert shown(client.get("/fr/search/?q=coupure", SCRIPT_NAME="/p/other"), [item]) == [0]
    assert shown(client.get("/fr/liege/search.json?q=coupure"), [item]) == []
    drafting.save(item, Content(texts={"fr": Words("Coupure d’eau lundi")}), by=SYSTEM, expected=1)
    releasing.release(item, by=SYSTEM, expected=2)
    assert doors() == [True] * 3
    placing.take_back(item, [herstal], by=SYSTEM)
    assert doors() == [False] * 3
    # An answer for good reaches what waits, and what comes.
    placing.offer(item, [herstal], by=SYSTEM)
    answering.settle(herstal, water, "always", by=SYSTEM)
    assert doors() == [True] * 3
    placing.offer(item, [liege], by=SYSTEM)
    answering.decline(Placement.objects.get(community=herstal), "Pas ici.", by=SYSTEM)
    assert doors() == [False] * 3


@pytest.mark.parametrize(
    ("address", "found"),
    [("/fr/search/?q=LIÈGE", ["liege"]), ("/fr/search/?q=hers", ["herstal"]), ("/fr/search/?q=ersta", []),
     ("/p/other/fr/search/?q=liege", []), ("/fr/search/?q=liege+herstal", []), ("/fr/search/?q=de", [])],
)  # fmt: skip
def test_communities_are_found_by_name(client: Client, address: str, found: list[str]) -> None:
    script, path = split_prefix(address)
    page = client.get(path, SCRIPT_NAME=script).content.decode()
    listed = page.partition("data-named")[2].partition("</nav>")[0]
    assert re.findall(r'href="[^"]*/fr/([a-z]+)/"', listed) == found
    assert ("data-empty hidden" in page) == bool(found)


@pytest.mark.parametrize("address", ["/fr/search/?q=concert", "/fr/search/?c=liege", "/fr/liege/search.json?q=concert"])
def test_what_was_looked_for_is_kept_by_nobody(client: Client, concerts: list[Item], address: str) -> None:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"
    assert "Perron-Depends" not in response
    assert not response.cookies


def test_the_empty_form_is_the_same_for_everybody(client: Client) -> None:
    response = client.get("/fr/search/")
    assert "Perron-Depends" in response
    assert response["X-Robots-Tag"] == "noindex"


def test_what_was_typed_is_shown_as_text(client: Client) -> None:
    page = client.get("/fr/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2


@pytest.mark.parametrize("address", ["/fr/search/?q=a&kind=tale", "/fr/nowhere/search.json?q=a"])
def test_addresses_that_are_none(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_the_app_is_told_which_are_in_titles(client: Client, concerts: list[Item]) -> None:
    assert [card["in_title"] for card in client.get("/fr/liege/search.json?q=concert").json()["cards"]] == [True]
    assert [card["in_title"] for card in client.get("/fr/herstal/search.json?q=concert").json()["cards"]] == [False]


def test_queries_do_not_grow_with_what_is_found(client: Client, towns: tuple[Community, Community]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/fr/search/?q=kermesse")
        return len(captured)

    making.released(at=towns[0], texts={"fr": Words("Kermesse")})
    few = queries()
    for number in range(10):
        making.released(at=towns[number % 2], texts={"fr": Words(f"Kermesse {number}")})
    assert queries() == few


def test_programs_get_items_in_order(client: Client, concerts: list[Item]) -> None:
    response = client.get("/api/v1/search", {"q": "concert", "language": "fr"})
    assert [each["id"] for each in response.json()["items"]] == [str(item.pk) for item in concerts]
    assert response.json()["items"][0] == client.get(f"/api/v1/items/{concerts[0].pk}?language=fr").json()
    assert response.json()["next"] is None
    assert response["Cache-Control"] == "no-store"
    assert "Perron-Depends" not in response

    def ids(**query: Any) -> list[str]:
        return [each["id"] for each in client.get("/api/v1/search", {"q": "concert"} | query).json()["items"]]

    assert ids(community="herstal") == [str(concerts[1].pk)]
    assert ids(community="atlantis") == []
    assert ids(kind="news") == [str(concerts[0].pk)]
    assert ids(limit=1) == [str(concerts[0].pk)]
    assert ids(q="()") == []


@pytest.mark.parametrize(
    "query",
    [{}, {"q": ""}, {"q": "a" * 201}, {"q": "a", "kind": "tale"}, {"q": "a", "limit": 101}, {"q": "a", "cursor": "1"}],
)
def test_programs_are_told_what_to_change(client: Client, query: dict[str, Any]) -> None:
    response = client.get("/api/v1/search", query)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["issues"]
