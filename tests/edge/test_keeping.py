"""What is kept, for how long, and what never is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from perron.core import clock
from perron.project.edge.layer import Edge
from perron.project.edge.page import finish
from perron.project.edge.shelf import Shelf
from tests import making
from tests.edge.asking import HOST, ask
from tests.edge.conftest import edge_around
from tests.edge.town import News


def test_a_public_page_is_rendered_once_and_repeated(edge: Edge, news: News) -> None:
    answers = [ask(edge) for _ in range(3)]
    assert news.rendered == 1
    assert {(answer.status, answer.body[:5]) for answer in answers} == {(200, b"first")}


def test_a_release_makes_exactly_its_pages_stale(edge: Edge, news: News) -> None:
    for path in ("/page/one/", "/page/two/", "/both/"):
        ask(edge, path)
    news.release("one", "newer")
    edge.watcher.look()
    news.rendered = 0
    assert ask(edge, "/page/one/").body.startswith(b"newer")
    assert ask(edge, "/both/").body.startswith(b"newer|second")
    assert news.rendered == 2
    ask(edge, "/page/two/")
    assert news.rendered == 2


def test_a_release_during_the_rendering_is_not_lost(edge: Edge, news: News) -> None:
    def release() -> None:
        news.before_reading.clear()
        news.release("one", "released while the page was rendered")
        edge.watcher.look()

    news.before_reading.append(release)
    assert ask(edge).body.startswith(b"first")
    assert ask(edge).body.startswith(b"released while")


def test_a_release_seen_after_the_rendering_drops_the_page_even_if_it_was_in_it(edge: Edge, news: News) -> None:
    news.release("one", "committed before the next look")
    assert ask(edge).body.startswith(b"committed")
    edge.watcher.look()
    assert not edge.shelf.pages


def test_a_page_ends_at_its_moment(edge: Edge, news: News) -> None:
    noon = datetime(2026, 11, 23, 12, 59, 59, tzinfo=UTC)
    with clock.travel(noon):
        assert ask(edge, "/hour/").body.startswith(b"12 first")
        ask(edge, "/hour/")
        assert news.rendered == 1
    with clock.travel(noon + timedelta(seconds=1)):
        assert ask(edge, "/hour/").body.startswith(b"13 first")
    assert news.rendered == 2


@pytest.mark.parametrize(
    "path",
    [
        *(f"/careless/{how}/" for how in ("cookie", "private", "no-store", "varying", "created", "large", "over")),
        "/streamed/",
        "/forgotten/",
        "/failing/",
        "/elsewhere/",
        "/unmarked/",
        "/studio/",
        "/page/nothing/",
        "/nowhere/",
        "/static/screens/perron.css",
        "/page/one/?utm_source=letter",
        "/page/one/?view=month&utm_source=letter",
        "/page/one/?&&",
        f"/page/one/?view={'x' * 600}",
    ],
)
def test_what_is_not_for_everybody_or_without_end_is_never_kept(edge: Edge, path: str) -> None:
    ask(edge, "/page/one/")
    before = dict(edge.shelf.pages)
    assert before
    ask(edge, path)
    ask(edge, path, method="HEAD")
    assert edge.shelf.pages == before


@pytest.mark.parametrize("how", ["cookie", "private", "no-store", "varying", "created"])
def test_what_passes_through_arrives_as_it_was_made(edge: Edge, how: str) -> None:
    answer = ask(edge, f"/careless/{how}/")
    assert answer.raw == b"first"
    assert "perron-depends" not in answer.headers
    assert "etag" not in answer.headers
    if how == "cookie":
        assert answer.headers["set-cookie"].startswith("visitor=4711")


def test_a_stream_arrives_whole(edge: Edge) -> None:
    assert ask(edge, "/streamed/").raw == b"first, in parts"
    assert ask(edge, "/streamed/", method="HEAD").raw == b""


@pytest.mark.django_db
def test_a_public_view_does_not_learn_who_asks(edge: Edge) -> None:
    secrets = {
        "cookie": "session=secret-1",
        "authorization": "Bearer secret-2",
        "user_agent": "secret-3",
        "accept_language": "secret-4",
        "x_forwarded_for": "secret-5",
        "referer": "secret-6",
        "x_forwarded_proto": "secret-7",
    }
    answer = ask(edge, "/curious/", **secrets)
    assert b"PATH_INFO=/curious/" in answer.body
    assert b"AnonymousUser" in answer.body
    assert b"secret" not in answer.body
    assert b"203.0.113.7" not in answer.body


def test_other_views_still_see_their_cookies(edge: Edge) -> None:
    assert ask(edge, "/studio/", cookie="name=Anne").body == b"Good morning, Anne first"
    assert ask(edge, "/studio/", cookie="name=Bart").body == b"Good morning, Bart first"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_reach_the_application_as_they_are(edge: Edge, method: str) -> None:
    ask(edge)
    reached = []

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        reached.append((environ["REQUEST_METHOD"], environ["HTTP_COOKIE"]))
        start_response("204 No Content", [])
        return []

    edge._application = application
    assert ask(edge, method=method, cookie="a=b").status == 204
    assert reached == [(method, "a=b")]


@pytest.mark.django_db
def test_an_unknown_host_is_refused_and_not_kept(edge: Edge) -> None:
    making.platform(host="liege.example")
    assert ask(edge, host="evil.example").status == 400
    assert ask(edge, host="liege.example").status == 200
    assert ask(edge, host="LIEGE.example").status == 200
    assert ask(edge, host="liege.example:4711").status == 200
    assert {key[0] for key in edge.shelf.pages} == {"liege.example"}


@pytest.mark.django_db
def test_a_host_is_the_same_in_capitals_and_health_needs_none(edge: Edge, settings: Settings) -> None:
    making.platform()
    settings.PERRON_HOSTS = ["liege.example"]
    settings.ROOT_URLCONF = "perron.project.urls"
    assert ask(edge, "/robots.txt", host="LIEGE.example").status == 200
    assert ask(edge, "/health", host="").status == 200
    assert ask(edge, "/robots.txt", host="").status == 400


def test_behind_a_proxy_only_what_came_by_https_is_answered_from_memory(
    edge: Edge, news: News, settings: Settings
) -> None:
    edge._secure = True
    ask(edge)
    ask(edge)
    assert news.rendered == 2
    assert not edge.shelf.pages
    ask(edge, x_forwarded_proto="https")
    ask(edge, x_forwarded_proto="https")
    assert news.rendered == 3


def test_memory_is_bounded_and_what_is_asked_for_stays(news: News) -> None:
    edge = edge_around(news, memory=40_000)
    for number in range(50):
        ask(edge, "/page/one/")
        ask(edge, f"/page/two/?view={number}", accept_encoding="br")
        assert edge.shelf.bytes <= 40_000
        assert edge.shelf.bytes == sum(page.size for page in edge.shelf.pages.values())
    assert (HOST, "/page/one/", "") in edge.shelf.pages
    assert 1 < len(edge.shelf.pages) < 50


def test_a_page_larger_than_the_memory_is_answered_all_the_same(news: News) -> None:
    edge = edge_around(news, memory=100)
    assert ask(edge).body.startswith(b"first")
    assert not edge.shelf.pages
    assert edge.shelf.bytes == 0


def test_a_shelf_forgets_what_it_knew_of_a_dropped_page() -> None:
    shelf = Shelf(1_000_000)
    for number in range(10):
        shelf.put(("host", f"/{number}", ""), finish([], b"x", {"one": 0, f"of {number}": 0}, None))
    shelf.update({"one": 1})
    assert (shelf.pages, shelf.bytes, shelf._by_dependency) == ({}, 0, {})
