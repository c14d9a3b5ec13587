import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from perron.communities.models import Area, Community
from perron.core import clock
from perron.core.identifiers import short_key
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.models import Item
from tests import making

pytestmark = pytest.mark.django_db

SQUARE = {"type": "Polygon", "coordinates": [[[5.5, 50.6], [5.6, 50.6], [5.6, 50.7], [5.5, 50.6]]]}


@pytest.fixture
def liege() -> Community:
    community = making.community(commune_nis="62063", names={"fr": "Liège", "nl": "Luik"}, postal_code="4000")
    making.platform(community)
    return community


def get(path: str, **query: Any) -> Any:
    response = Client().get(f"/api/v1/{path}", query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json; charset=utf-8"
    return response.json()


def test_communities_are_found_by_platform_kind_commune_and_postal_code(liege: Community) -> None:
    library = making.community("bibliotheque", kind="public_service", commune_nis="62063")
    elsewhere = making.community("namur", commune_nis="92094", postal_code="5000")
    making.platform(library, elsewhere, slug="other", is_front=False)

    def slugs(**query: Any) -> list[str]:
        return [each["slug"] for each in get("communities", **query)["items"]]

    assert slugs() == ["bibliotheque", "liege", "namur"]
    assert slugs(platform="other") == ["bibliotheque", "namur"]
    assert slugs(kind="commune") == ["liege", "namur"]
    assert slugs(commune="62063") == ["bibliotheque", "liege"]
    assert slugs(postal_code="4000") == ["bibliotheque", "liege"]
    assert slugs(postal_code="9999") == []
    assert get("communities")["items"][1] | {"slug": "liege", "name": "Liège", "kind": "commune"} == get(
        "communities/liege"
    )


def test_a_community_tells_where_and_how_to_follow_it(liege: Community) -> None:
    told = get("communities/liege", language="nl")
    assert (told["name"], told["language"]) == ("Luik", "nl")
    assert told["address"]["commune"] == {"nis": "62063", "name": "Luik"}
    assert told["url"] == "http://testserver/nl/liege/"
    for address in told["feeds"].values():
        assert Client().get(address.removeprefix("http://testserver")).status_code == 200


def test_platforms_and_topics_are_listed(liege: Community) -> None:
    making.topic()
    (platform,) = get("platforms")["items"]
    assert (platform["slug"], platform["communities"], platform["url"]) == ("front", ["liege"], "http://testserver/")
    assert get("topics")["items"] == [{"slug": "culture", "name": "Culture", "names": {"fr": "Culture"}}]


def test_a_community_of_another_platform_has_its_page_there(liege: Community) -> None:
    spa = making.community("spa")
    making.platform(spa, slug="ardennes", is_front=False)
    told = {
        each["slug"]: each for each in Client().get("/api/v1/communities", SCRIPT_NAME="/p/ardennes").json()["items"]
    }
    assert told["spa"]["url"] == "http://testserver/p/ardennes/fr/spa/"
    assert told["liege"]["url"] == "http://testserver/p/front/fr/liege/"


@pytest.mark.parametrize("kind", ["news", "event", "alert", "works", "document"])
def test_an_item_of_every_kind_is_told_completely(liege: Community, kind: str) -> None:
    making.topic()
    area = Area.objects.create(community=liege, slug="nord", names={"fr": "Le nord"}, polygon=SQUARE)
    item = making.released(kind, at=liege, topics=("culture",), areas=(str(area.pk),))
    told = get(f"items/{item.pk}")
    assert (told["id"], told["kind"], told["community"]["slug"]) == (str(item.pk), kind, "liege")
    assert (told["title"], told["summary"], told["markdown"]) == (
        "Marché de Noël",
        "En bref.",
        "Un texte **important**.",
    )
    assert "<strong>important</strong>" in told["html"]
    assert told["url"] == f"http://testserver/fr/liege/{item.slug}/"
    assert told["topics"] == [{"slug": "culture", "name": "Culture"}]
    assert Client().get(told["url"].removeprefix("http://testserver")).status_code == 200
    outline = Client().get(told["areas"][0]["geojson"].removeprefix("http://testserver"))
    assert outline["Content-Type"] == "application/geo+json"
    assert outline.json()["geometry"] == SQUARE
    assert (told["details"] is None) == (kind == "news")
    assert get("items")["items"] == [told]


def test_details_tell_what_the_kind_is_about(liege: Community) -> None:
    event = making.released("event", at=liege, details={"recurrence": "FREQ=DAILY;COUNT=9"})
    details = get(f"items/{event.pk}")["details"]
    assert len(details["next"]) == 5
    assert details["next"][0]["starts"] == details["starts"]
    assert details["starts"][-6:] in {"+01:00", "+02:00"}
    assert (details["place"], details["recurrence"]) == ("Place Saint-Lambert", "FREQ=DAILY;COUNT=9")
    alert = get(f"items/{making.released('alert', at=liege, details={'status': 'Test'}).pk}")["details"]
    assert (alert["exercise"], alert["live"], alert["status"]) == (True, True, "Test")
    assert Client().get(alert["messages"][0]["url"].removeprefix("http://testserver")).status_code == 200


def test_a_missing_language_falls_back_and_says_so(liege: Community) -> None:
    texts = {"fr": Words(title="Marché"), "nl": Words(title="Markt")}
    item = making.released(at=liege, texts=texts)
    for language, title, fallback in (("nl", "Markt", False), ("de", "Marché", True), ("", "Marché", False)):
        told = get(f"items/{item.pk}", **({"language": language} if language else {}))
        assert (told["title"], told["fallback"], told["languages"]) == (title, fallback, ["fr", "nl"])
        assert set(told["urls"]) == {"fr", "nl"}


def test_items_are_found_by_every_filter(liege: Community) -> None:
    spa = making.community("spa")
    making.platform(spa, slug="ardennes", is_front=False)
    making.topic()
    area = Area.objects.create(community=liege, slug="nord", names={"fr": "Le nord"}, communes_nis=["62063"])
    with clock.travel(clock.now() - timedelta(days=3)):
        making.released(at=liege, title="Ancien")
    making.released("works", at=liege, title="Travaux", areas=(str(area.pk),))
    making.released("event", at=spa, title="Concert", topics=("culture",))
    withdrawn = making.released(at=liege, title="Retiré")
    releasing.withdraw(withdrawn, by=SYSTEM)
    making.draft(at=liege, title="Brouillon")

    def titles(**query: Any) -> list[str]:
        return [each["title"] for each in get("items", **query)["items"]]

    assert titles() == ["Concert", "Travaux", "Ancien"]
    assert titles(kind="works") == ["Travaux"]
    assert titles(community="liege") == ["Travaux", "Ancien"]
    assert titles(platform="ardennes") == ["Concert"]
    assert titles(topic="culture") == ["Concert"]
    assert titles(area=str(area.pk)) == ["Travaux"]
    assert titles(since=(clock.now() - timedelta(days=1)).isoformat()) == ["Concert", "Travaux"]
    assert titles(topic="nothing") == []


def test_since_means_changed_since(liege: Community) -> None:
    with clock.travel(clock.now() - timedelta(days=3)):
        item = making.released(at=liege)
    yesterday = (clock.now() - timedelta(days=1)).isoformat()
    assert get("items", since=yesterday)["items"] == []
    drafting.save(item, making.content(title="Corrigé"), by=SYSTEM, expected=1)
    releasing.release(item, by=SYSTEM, expected=2)
    assert [each["title"] for each in get("items", since=yesterday)["items"]] == ["Corrigé"]


def test_pages_hold_still_while_things_are_released(liege: Community) -> None:
    moment = clock.now() - timedelta(days=1)
    with clock.travel(moment):
        # All at the same moment: the identifier keeps the order.
        before = {str(making.released(at=liege, title=f"Titre {number}").pk) for number in range(7)}
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    while True:
        response = Client().get("/api/v1/items", query)
        page = response.json()
        seen += [each["id"] for each in page["items"]]
        making.released(at=liege, title="Entre-temps")
        if page["next"] is None:
            assert "Link" not in response
            break
        assert response["Link"].endswith('rel="next"')
        assert f"cursor={page['next']}" in response["Link"]
        query["cursor"] = page["next"]
    assert len(seen) == len(set(seen))
    assert set(seen) == before


def test_a_cursor_may_lie_anywhere(liege: Community) -> None:
    making.released(at=liege)
    assert get("items", cursor="f" * 47)["items"]
    assert get("items", cursor="0" * 47)["items"] == []


def test_communities_come_in_pages_too(liege: Community) -> None:
    making.community("ans")
    making.community("spa")
    first = get("communities", limit=2)
    assert [each["slug"] for each in first["items"]] == ["ans", "liege"]
    second = get("communities", limit=2, cursor=first["next"])
    assert ([each["slug"] for each in second["items"]], second["next"]) == (["spa"], None)


def test_lists_take_a_fixed_number_of_queries(liege: Community) -> None:
    counts = []
    for more in (1, 8):
        for _ in range(more):
            for kind in ("event", "alert"):
                making.released(kind, at=liege)
            making.community(f"c{short_key()}")
        queries = 0
        for path in ("items", "communities", "platforms"):
            with CaptureQueriesContext(connection) as captured:
                get(path)
            queries += len(captured)
        counts.append(queries)
    assert counts[0] == counts[1] <= 30


REFUSED = [
    ("items?limit=0", 422), ("items?limit=101", 422), ("items?limit=99999999999999999999", 422),
    ("items?limit=x", 422), ("items?cursor=x", 422), ("items?cursor=" + "F" * 47, 422), ("items?cursor=%00", 422),
    ("items?cursor=" + "9" * 500, 422), ("items?since=yesterday", 422), ("items?since=2026-02-30T00:00:00Z", 422),
    ("items?since=0001-01-01T00:00:00%2B14:00", 422), ("items?since=0", 422), ("items?area=nothing", 422),
    ("items?kind=gossip", 422), ("items?topic=%00", 422), ("items?topic=a%20b", 422), ("items?language=it", 422),
    ("items?unknown=1", 422), ("items?kind=news&kind=event", 422), ("communities?postal_code=x", 422),
    ("communities?commune=%D9%A1%D9%A2%D9%A3%D9%A4%D9%A5", 422), ("communities?cursor=A%7C", 422),
    ("communities/%00", 422), ("communities/nowhere", 404), ("items/nothing", 404),
    ("items/01890000-0000-7000-8000-000000000000", 404),
    ("areas/01890000-0000-7000-8000-000000000000", 404), ("nothing", 404), ("", 404),
]  # fmt: skip


@pytest.mark.parametrize(("path", "status"), REFUSED)
def test_what_cannot_be_answered_is_a_problem(liege: Community, path: str, status: int) -> None:
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    check_problem(response, status)


def check_problem(response: Any, status: int) -> None:
    assert response["Content-Type"] == "application/problem+json"
    problem = json.loads(response.content)
    assert (problem["type"], problem["status"]) == ("about:blank", status)
    assert problem["title"]
    assert problem["detail"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["items", "openapi.json", "docs", "communities"])
def test_an_unknown_platform_is_a_problem_too(liege: Community, path: str) -> None:
    making.released(at=liege)
    check_problem(Client().get(f"/api/v1/{path}", SCRIPT_NAME="/p/atlantis"), 404)


def test_a_withdrawn_item_is_gone(liege: Community) -> None:
    item = making.released(at=liege)
    releasing.withdraw(item, by=SYSTEM)
    check_problem(Client().get(f"/api/v1/items/{item.pk}"), 410)
    check_problem(Client().get(f"/api/v1/items/{making.draft(at=liege).pk}"), 404)


def test_the_api_only_reads(liege: Community) -> None:
    for method in ("post", "put", "delete", "patch"):
        response = getattr(Client(), method)("/api/v1/items")
        check_problem(response, 405)
        assert response["Allow"] == "GET, HEAD, OPTIONS"
    assert Client().options("/api/v1/items").status_code == 204
    assert Client().head("/api/v1/items").status_code == 200


def test_what_never_reached_the_api_is_a_problem_too(liege: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    check_problem(Client().get("/api/v1/items?" + "a=1&" * 2_000), 400)
    check_problem(Client().get("/api/v1/items", headers={"host": "evil.example"}), 400)
    monkeypatch.setattr("perron.communities.hosting._candidates", lambda _: 1 / 0)
    client = Client(raise_request_exception=False)
    check_problem(client.get("/api/v1/items", headers={"host": "evil.example"}), 500)
    assert client.get("/fr/", headers={"host": "evil.example"})["Content-Type"].startswith("text/html")


def test_a_failure_is_a_problem_and_tells_nothing(liege: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("perron.reader.api.items.page", fail)
    response = Client().get("/api/v1/items")
    check_problem(response, 500)
    assert b"secret" not in response.content


def test_a_page_is_true_until_something_on_it_begins_ends_or_expires(liege: Community) -> None:
    item = making.released("alert", at=liege)
    ends = Item.objects.select_related("alertdetails").get(pk=item.pk).alertdetails.ends_at
    assert Client().get("/api/v1/items")["Perron-Until"] == str(ends.timestamp())
