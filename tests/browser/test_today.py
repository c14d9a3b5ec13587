"""Today: what matters now, what is new, then all that is followed, merged on the device."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.installation import Site, served

pytestmark = pytest.mark.once

THREE = ["liege", "biblio", "herstal"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own: the first page shows what is newest, and other tests release as well."""
    with served(tmp_path_factory.mktemp("today")) as site:
        yield site


def ready(page: Page) -> None:
    page.wait_for_selector("[data-feed]:not([aria-busy])", state="attached")


def titles(page: Page, part: str) -> list[str]:
    return [text.strip() for text in page.locator(f"[data-{part}] .card-title").all_inner_texts()]


def test_live_alerts_come_first_then_todays_events_then_the_feed(visit: Callable[..., Page]) -> None:
    page = visit(follows=THREE)
    ready(page)
    # The exercise, though called extreme, comes after what is real.
    assert titles(page, "now-alerts")[-1] == "Essai des sirènes"
    assert "Crue de la Meuse" in titles(page, "now-alerts")
    assert titles(page, "now-events") == ["Fête du quai"]
    feed = titles(page, "feed")
    assert {"Nouvelle 7 de liege", "Nouvelle 7 de biblio", "Nouvelle 7 de herstal"} <= set(feed)
    assert not {"Crue de la Meuse", "Fête du quai", "Nage du matin"} & set(feed)
    assert feed.index("Nouvelle 7 de liege") < feed.index("Nouvelle 2 de biblio") < feed.index("Nouvelle 0 de herstal")
    expect(page.locator("[data-welcome]")).to_be_hidden()


def test_only_the_topics_followed_are_shown_and_alerts_always(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    follow(page, ["liege"], ["sport"])
    page.goto("/fr/")
    ready(page)
    assert "Nouvelle 6 de liege" in titles(page, "feed")
    assert "Nouvelle 7 de liege" not in titles(page, "feed")
    assert "Crue de la Meuse" in titles(page, "now-alerts")


def test_the_same_item_in_two_documents_is_shown_once(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    page.route(
        "**/biblio/cards.json",
        lambda route: route.fulfill(response=route.fetch(url=route.request.url.replace("biblio", "liege"))),
    )
    follow(page, ["liege", "biblio"])
    page.goto("/fr/")
    ready(page)
    assert titles(page, "feed").count("Nouvelle 7 de liege") == 1


def test_an_alert_released_while_the_page_is_open_comes_to_the_top(
    visit: Callable[..., Page], site: Site, attempt: int
) -> None:
    title = "Fuite de gaz" + " encore" * attempt
    page = visit(follows=["biblio", "liege"])
    ready(page)
    assert title not in titles(page, "now-alerts")
    slug = site.do("alert", title)["alert"]
    look_until(page, lambda: title in titles(page, "now-alerts"))
    site.do("withdraw", slug)
    look_until(page, lambda: title not in titles(page, "now-alerts"))


def test_what_came_since_the_last_visit_is_new(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    follow(page, ["biblio"])
    page.evaluate(
        "localStorage.setItem('perron:front:visit', JSON.stringify({last: '2020-01-01T00:00:00Z', since: null}))"
    )
    page.goto("/fr/")
    ready(page)
    assert "Nouvelle 7 de biblio" in titles(page, "new")
    assert titles(page, "feed") == []
    # The same visit goes on after a reload; it is over once the visitor was away for long.
    page.reload()
    ready(page)
    assert "Nouvelle 7 de biblio" in titles(page, "new")
    page.evaluate(
        "localStorage.setItem('perron:front:visit', JSON.stringify({last: '2100-01-01T00:00:00Z', since: null}))"
    )
    page.reload()
    ready(page)
    assert titles(page, "new") == []


def test_unchanged_documents_cost_no_bytes_twice(visit: Callable[..., Page]) -> None:
    page = visit(follows=["liege"], service_workers="block")
    ready(page)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    addresses: dict[str, str] = {}
    answers: list[tuple[str, int]] = []
    devtools.on("Network.requestWillBeSent", lambda sent: addresses.update({sent["requestId"]: sent["request"]["url"]}))
    devtools.on(
        "Network.responseReceivedExtraInfo", lambda event: answers.append((event["requestId"], event["statusCode"]))
    )
    with page.expect_response("**/liege/cards.json"):
        look_again(page)
    page.wait_for_timeout(200)
    assert [status for request, status in answers if addresses.get(request, "").endswith("cards.json")] == [304]


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500, "body": "no"},
        {"status": 200, "body": "<html>not json"},
        {"status": 200, "json": {"cards": None}},
        {"status": 200, "json": []},
        {
            "status": 200,
            "json": {"cards": [None, 1, {"id": 1}, {"id": "x", "kind": "news", "published": "soon", "html": ""}]},
        },
    ],
)
def test_one_community_that_fails_does_not_take_the_others_away(
    visit: Callable[..., Page], answer: dict[str, Any]
) -> None:
    page = visit("/fr/choose/", service_workers="block")
    page.route("**/biblio/cards.json", lambda route: route.fulfill(**answer))
    follow(page, ["liege", "biblio"])
    page.goto("/fr/")
    ready(page)
    assert "Nouvelle 7 de liege" in titles(page, "feed")


def test_hostile_cards_do_nothing(visit: Callable[..., Page]) -> None:
    """The server sanitises; even where it did not, the content policy stops what would run."""
    page = visit("/fr/choose/", service_workers="block", expect_errors=True)
    evil = {
        "id": "evil", "kind": "news", "published": "2100-01-01T00:00:00Z", "changed": "2100-01-01T00:00:00Z",
        "topics": [], "html": "<article class=card><h3 class=card-title>Evil<img src=x onerror='window.hacked=1'></h3>"
        "<script>window.hacked=1</script></article>",
    }  # fmt: skip
    page.route("**/biblio/cards.json", lambda route: route.fulfill(json={"cards": [evil]}))
    follow(page, ["biblio"])
    page.goto("/fr/")
    ready(page)
    assert titles(page, "feed") == ["Evil"]
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None


def test_a_community_that_is_gone_is_named_as_such_and_the_others_stay(visit: Callable[..., Page]) -> None:
    page = visit(follows=["liege", "village-that-merged"])
    ready(page)
    expect(page.locator("[data-note=gone]")).to_be_visible()
    assert "Nouvelle 7 de liege" in titles(page, "feed")
    # Keeping the choice again leaves out what is no longer offered.
    page.goto("/fr/choose/")
    page.click(".choose-go button")
    page.wait_for_url("**/fr/")
    expect(page.locator("[data-feed] .card-title").first).to_be_visible()
    expect(page.locator("[data-note=gone]")).to_be_hidden()


@pytest.mark.parametrize(
    "found", ["{", "null", "[]", '"x"', '{"communities": "liege"}', '{"communities": [1, {}, "../x", "LIEGE"]}']
)
def test_a_corrupted_choice_counts_as_none(visit: Callable[..., Page], found: str) -> None:
    page = visit("/fr/choose/")
    page.evaluate("found => localStorage.setItem('perron:front:following', found)", found)
    page.goto("/fr/")
    expect(page.locator("[data-welcome]")).to_be_visible()
    assert "Nouvelle 7 de herstal" in titles(page, "feed")


def test_blocked_storage_still_shows_the_platforms_own_page(visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
    )
    page.goto("/fr/")
    expect(page.locator("[data-welcome]")).to_be_visible()
    assert "Nouvelle 7 de herstal" in titles(page, "feed")


def test_the_date_stays_right_on_a_page_of_yesterday(visit: Callable[..., Page]) -> None:
    page = visit("/en/offline/")
    page.clock.install(time="2027-03-28T23:30:00+02:00")
    page.goto("/en/")
    expect(page.locator(".dateline")).to_have_text("Sunday 28 March")
    page.clock.fast_forward("01:00:00")
    expect(page.locator(".dateline")).to_have_text("Monday 29 March")


def test_the_language_keeps_the_choice_and_is_remembered(visit: Callable[..., Page]) -> None:
    page = visit(follows=["biblio"])
    page.locator("a[hreflang=nl]").last.click()
    page.wait_for_url("**/nl/")
    ready(page)
    assert "Nouvelle 7 de biblio (nl)" in titles(page, "feed")
    # The bare address leads by the browser's language, French; the device's choice goes before.
    page.goto("/")
    page.wait_for_url("**/nl/")
    # An address with a language is what somebody asked for.
    page.goto("/de/")
    assert page.url.endswith("/de/")


def test_the_agenda_shows_what_is_followed(visit: Callable[..., Page]) -> None:
    page = visit("/fr/agenda/", follows=["club"])
    expect(page.locator("[data-agenda]")).to_contain_text("Nage du matin")
    expect(page.get_by_text("Fête du quai")).to_be_hidden()
    page.goto("/fr/agenda/?view=month")
    expect(page.get_by_text("Fête du quai")).to_be_hidden()


def follow(page: Page, communities: list[str], topics: list[str] | None = None) -> None:
    choice = json.dumps({"communities": communities, "topics": topics or []})
    page.evaluate("choice => localStorage.setItem('perron:front:following', choice)", choice)


def look_until(page: Page, seen: Callable[[], bool]) -> None:
    """Other processes learn of a release within a second: look as the page does by itself, only sooner."""
    for _ in range(40):
        look_again(page)
        page.wait_for_timeout(250)
        if seen():
            return
    pytest.fail("it does not show")


def look_again(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_who_is_followed_stands_in_the_place_of_who_publishes(visit: Callable[..., Page]) -> None:
    page = visit()
    places = page.locator("[data-places]")
    expect(places.get_by_role("heading")).to_have_text("Qui publie ici", use_inner_text=True)
    follow(page, ["herstal", "biblio"])
    page.reload()
    expect(places.locator("li")).to_have_text(["Herstal", "Bibliothèque"])
    expect(places.get_by_role("heading")).to_have_text("Ce que vous suivez", use_inner_text=True)
    places.get_by_role("link", name="Herstal").click()
    page.wait_for_url("**/fr/herstal/")


def test_a_card_that_changes_by_itself_is_shown_anew(visit: Callable[..., Page]) -> None:
    """The next time of an event comes without anybody changing the event."""
    page = visit("/fr/choose/", service_workers="block")
    titled = ["Fête du quai", "Fête du port"]

    def renamed(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("Fête du quai", titled[0]))

    page.route("**/liege/cards.json", renamed)
    follow(page, ["liege"])
    page.goto("/fr/")
    ready(page)
    assert titles(page, "now-events") == ["Fête du quai"]
    titled.pop(0)
    look_until(page, lambda: titles(page, "now-events") == ["Fête du port"])
