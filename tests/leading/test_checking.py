"""Dead links: told late and rightly. Servers stand on the own machine; time is the clock's."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from perron.core import clock
from perron.core.reaching import reach
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.leading.checking import check_due
from perron.publishing.leading.collecting import collect
from perron.publishing.leading.telling import dead_among, leads_of, reason, unclear_among
from perron.publishing.models import Address, Item
from tests import making

HERE = ["127.0.0.0/8"]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

pytestmark = pytest.mark.django_db


class Answers(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def answer(self) -> None:
        self.server.asked.append((self.command, self.path))  # type: ignore[attr-defined]
        status = self.server.statuses.get(self.path, 200)  # type: ignore[attr-defined]
        if isinstance(status, dict):
            status = status[self.command]
        if status is None:
            self.connection.close()
            return
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.path)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, str]] = []
        self.statuses: dict[str, Any] = {}

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def check(self, **options: Any) -> int:
        return check_due(**{"ports": range(65536), "allow": HERE} | options)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _elsewhere(settings: Settings) -> None:
    """The installation itself is not on the own machine here: its own addresses are not asked for."""
    settings.PERRON_ORIGIN = "https://perron.liege.be"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def text(*urls: str) -> dict[str, Words]:
    return {"fr": Words(title="Liens", body=" ".join(f"[page {n}]({url})" for n, url in enumerate(urls)))}


def led_to(*urls: str) -> Item:
    item = making.released(texts=text(*urls))
    collect()
    return item


def round_after(server: Server, *steps: timedelta, **options: Any) -> Address:
    """Check once at each step after the one before; return the first address."""
    moment = clock.now() + timedelta(seconds=1)
    for step in (timedelta(), *steps):
        moment += step
        with clock.travel(moment):
            server.check(**options)
    return Address.objects.earliest("id")


def test_what_answers_is_fine_and_asked_again_in_a_week(server: Server) -> None:
    led_to(server.url("/a"))
    assert round_after(server, DAY).state == "fine"
    assert server.asked == [("HEAD", "/a")]
    round_after(server, timedelta(days=8))
    assert len(server.asked) == 2


def test_what_head_does_not_find_is_asked_for_with_get(server: Server) -> None:
    server.statuses["/a"] = {"HEAD": 405, "GET": 200}
    led_to(server.url("/a"))
    assert round_after(server).state == "fine"
    assert [method for method, _path in server.asked] == ["HEAD", "GET"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_dead_after_two_failures_over_an_hour(server: Server, status: int) -> None:
    server.statuses["/a"] = status
    item = led_to(server.url("/a"))
    assert round_after(server).state == "new"
    assert dead_among([server.url("/a")]) == {}
    address = round_after(server, HOUR + timedelta(minutes=1))
    assert address.state == "dead"
    assert str(status) in reason(address)
    assert [leads.item for leads in leads_of(item.community, "dead")] == [item]


def test_a_success_clears_it(server: Server) -> None:
    server.statuses["/a"] = 404
    led_to(server.url("/a"))
    assert round_after(server, 2 * HOUR).state == "dead"
    server.statuses["/a"] = 200
    address = round_after(server, 2 * DAY)
    assert (address.state, address.failures, address.failing_since) == ("fine", 0, None)


@pytest.mark.parametrize("status", [400, 401, 403, 405, 406, 418, 429, 451, 500, 502, 503, 999])
def test_a_site_that_refuses_programs_is_never_called_dead(server: Server, status: int) -> None:
    server.statuses["/a"] = status
    item = led_to(server.url("/a"))
    assert round_after(server, *[4 * DAY] * 6).state == "unclear"
    assert unclear_among([server.url("/a")]) == [server.url("/a")]
    assert not leads_of(item.community, "dead").exists()


def test_a_circle_and_a_broken_answer_could_not_be_checked(server: Server) -> None:
    server.statuses |= {"/circle": 302, "/broken": None}
    assert reach(server.url("/circle"), ports=range(65536), allow=HERE) == "unclear"
    assert reach(server.url("/broken"), ports=range(65536), allow=HERE) == "unclear"
    assert reach(server.url("/"), ports=range(65536)) == "unclear", "the own network is not opened"


def test_overload_between_failures_neither_counts_nor_clears(server: Server) -> None:
    server.statuses["/a"] = 404
    led_to(server.url("/a"))
    assert round_after(server, 2 * HOUR).state == "dead"
    server.statuses["/a"] = 503
    assert round_after(server, 2 * DAY).state == "dead"


def closed_port() -> int:
    with serving() as gone:
        return gone.server_port


def test_where_nobody_answers_is_dead_after_three_failures_over_a_day(server: Server) -> None:
    led_to(f"http://127.0.0.2:{closed_port()}/", server.url("/a"))
    silent = Address.objects.get(host="127.0.0.2")

    def state(*steps: timedelta) -> str:
        round_after(server, *steps)
        silent.refresh_from_db()
        return silent.state

    moments = [timedelta(), 2 * HOUR, 7 * HOUR]
    assert state(*moments) == "new"
    assert silent.failures == 3
    assert state(28 * HOUR) == "dead"


def test_when_nobody_at_all_answers_it_may_be_our_own_cable(server: Server) -> None:
    port = closed_port()
    led_to(f"http://127.0.0.2:{port}/", f"http://127.0.0.3:{port}/")
    round_after(server, *[4 * DAY] * 6)
    assert set(Address.objects.values_list("state", flat=True)) == {"unclear"}


def test_a_host_is_asked_once_in_a_round_and_holds_up_no_other(server: Server) -> None:
    led_to(*[server.url(f"/{number}") for number in range(5)], server.url("/", host="127.0.0.2"))
    assert server.check() == 2
    assert server.check() == 1
    assert server.asked == [("HEAD", "/0"), ("HEAD", "/1")]


def test_two_workers_do_not_ask_for_the_same_address(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    led_to(server.url("/a"))
    rounds = []

    def meanwhile(url: str, **options: Any) -> int:
        rounds.append(url)
        server.check()
        return 200

    monkeypatch.setattr("perron.publishing.leading.checking.reach", meanwhile)
    server.check()
    assert rounds == [server.url("/a")]


def test_addresses_follow_the_texts() -> None:
    item = led_to("https://one.liege.be/", "https://two.liege.be/", "https://demo.example/", "http://localhost/")
    assert sorted(Address.objects.values_list("host", flat=True)) == ["one.liege.be", "two.liege.be"]
    assert collect() == 0
    changed = making.content(texts=text("https://three.liege.be/"))
    drafting.save(item, changed, by=SYSTEM, expected=item.edition)
    assert collect() == 1
    # Residents still read the older text.
    assert Address.objects.count() == 3
    item.refresh_from_db()
    releasing.release(item, by=SYSTEM, expected=item.edition)
    assert collect() == 1
    assert collect() == 0
    assert list(Address.objects.values_list("host", flat=True)) == ["three.liege.be"]


def test_what_is_withdrawn_is_not_told(server: Server) -> None:
    server.statuses["/a"] = 404
    item = led_to(server.url("/a"))
    round_after(server, 2 * HOUR)
    assert leads_of(item.community, "dead").count() == 1
    releasing.withdraw(item, by=SYSTEM)
    assert leads_of(item.community, "dead").count() == 0
