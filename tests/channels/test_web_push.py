"""Push messages as RFC 8030 says, on their way to push services that behave, and that misbehave."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from perron.channels.web_push import sending
from perron.channels.web_push.lines import Broken, Exchange, Line
from perron.channels.web_push.sending import Outcome, Post, Push
from perron.core.push_addresses import PushAddress
from perron.privacy.clearing import BadClearance, Clearance, clear_many
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject
from tests.channels.push_service import CREATED, Browser, PushService, Taken, bytes_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SOMEBODY = Subject("address", UUID(int=1))


@pytest.fixture(autouse=True)
def _here(settings: Settings) -> None:
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def post() -> Iterator[Post]:
    with Post() as opened:
        yield opened


def push(to: str, browser: Browser | None = None, said: bytes = b"{}", topic: str = "") -> Push:
    browser = browser or Browser()
    return Push(
        to=to, p256dh=browser.p256dh, auth=browser.auth, whose=SOMEBODY, activity=Activity.SUBSCRIPTIONS, text=said,
        urgency="high", ttl=60, topic=topic,
    )  # fmt: skip


def clearance() -> Clearance:
    return clear_many([SOMEBODY], Activity.SUBSCRIPTIONS)[0][SOMEBODY]


def sent(post: Post, *messages: Push) -> list[Outcome]:
    ends = {id(one): outcome for one, outcome in post.send([(one, clearance()) for one in messages])}
    return [ends[id(one)] for one in messages]


def answering(said: bytes) -> PushService:
    return PushService(answer=lambda _taken: said)


def test_a_message_travels_as_the_rfcs_say(post: Post) -> None:
    browser = Browser()
    with PushService() as service:
        assert sent(post, push(f"{service.origin}/p/1?a=b", browser, b'{"a":1}', topic="item-1")) == [
            Outcome("sent", "201")
        ]
    (taken,) = service.taken
    assert browser.read(taken.body) == b'{"a":1}'
    assert taken.target == "/p/1?a=b"
    kept = {name: taken.headers[name] for name in ("TTL", "Urgency", "Topic", "Content-Encoding", "Content-Type")}
    assert kept == {
        "TTL": "60", "Urgency": "high", "Topic": "item-1", "Content-Encoding": "aes128gcm",
        "Content-Type": "application/notification+json",
    }  # fmt: skip
    assert taken.headers["Host"] == service.origin.removeprefix("http://")
    claims = json.loads(bytes_of(taken.headers["Authorization"].split(".")[1]))
    assert claims["aud"] == service.origin


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", Outcome("sent", "200")),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Outcome("gone", "404")),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 4\r\n\r\ngone", Outcome("gone", "410")),
        (b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n", Outcome("failed", "400")),
        (b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n", Outcome("later", "403")),
        (b"HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n", Outcome("failed", "413")),
        (b"HTTP/1.1 307 There\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", Outcome("failed", "307")),
        (b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", Outcome("later", "429", 7)),
        (b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n", Outcome("later", "503")),
        (b"SSH-2.0-OpenSSH\r\n\r\n", Outcome("later", "no answer of HTTP")),
        (b"HTTP/1.1 100 Continue\r\n\r\n", Outcome("later", "no answer of HTTP")),
        (b"", Outcome("later", "hung up")),
        (b"HTTP/1.1 201 Created\r\nX: " + b"x" * 40_000, Outcome("later", "answer too long")),
    ],
)
def test_each_answer_means_something(said: bytes, outcome: Outcome, post: Post) -> None:
    with answering(said) as service:
        assert sent(post, push(f"{service.origin}/1")) == [outcome]


def test_a_huge_answer_is_not_read(post: Post) -> None:
    """The message was taken, which is all that is to be known."""
    pieces = []

    def endless(_taken: Taken) -> bytes:
        pieces.append(1)
        return b"HTTP/1.1 201 Created\r\nContent-Length: 9000000000\r\n\r\n" + b"x" * 100_000

    begun = time.monotonic()
    with PushService(answer=endless) as service:
        assert sent(post, push(f"{service.origin}/1"), push(f"{service.origin}/2")) == [Outcome("sent", "201")] * 2
        assert sent(post, push(f"{service.origin}/3")) == [Outcome("sent", "201")]
    assert service.connections == 3
    assert time.monotonic() - begun < sending.PATIENCE / 2


def test_lines_are_used_again_and_many_messages_wait_together(post: Post) -> None:
    together = threading.Barrier(20)

    def once_all_are_here(_taken: Taken) -> bytes:
        together.wait(timeout=5)
        return CREATED

    with PushService(answer=once_all_are_here) as service:
        many = [push(f"{service.origin}/{number}") for number in range(20)]
        for _ in range(2):
            assert sent(post, *many) == [Outcome("sent", "201")] * 20
        assert service.connections == 20
    assert len({taken.target for taken in service.taken}) == 20
    assert len(service.taken) == 40


def test_a_line_that_the_other_side_closed_meanwhile_costs_nothing(post: Post) -> None:
    with answering(CREATED) as service:
        assert sent(post, push(f"{service.origin}/1")) == [Outcome("sent", "201")]
        for line in post._exchange._free[service.origin]:
            line._socket.shutdown(socket.SHUT_WR)
        assert sent(post, push(f"{service.origin}/2")) == [Outcome("sent", "201")]
    assert [taken.target for taken in service.taken] == ["/1", "/2"]


def test_a_service_that_does_not_answer_is_left_alone_and_holds_up_no_other(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.3)

    def never(_taken: Taken) -> bytes:
        time.sleep(1)
        return b""

    with PushService(answer=never) as hanging, PushService() as good:
        ends = sent(post, push(f"{hanging.origin}/1"), push(f"{hanging.origin}/2"), push(f"{good.origin}/1"))
        assert [(end.end, end.reason) for end in ends[:2]] == [("unreachable", "TimeoutError")] * 2
        assert ends[2] == Outcome("sent", "201")
        (held, other) = sent(post, push(f"{hanging.origin}/1"), push(f"{good.origin}/1"))
        assert (held.end, held.reason) == ("unreachable", "left alone")
        assert 0 < held.wait <= 15
        assert other == Outcome("sent", "201")
    assert len(hanging.taken) == 2


def test_one_that_goes_on_talking_ends_with_the_others() -> None:
    ours, theirs = socket.socketpair()

    def drip() -> None:
        with suppress(BrokenPipeError):
            for _ in range(200):
                theirs.send(b"x")
                time.sleep(0.005)

    threading.Thread(target=drip, daemon=True).start()
    time.sleep(0.05)
    begun = time.monotonic()
    with pytest.raises(Broken, match="TimeoutError"):
        Line(ours).answer(begun)
    assert time.monotonic() - begun < 0.5


def test_an_answer_that_had_come_is_read_after_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    theirs.send(CREATED)
    assert Line(ours).answer(time.monotonic() - 5).status == 201


def test_names_that_lead_nowhere_are_dialled_together(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    dial = Exchange._dial

    def slowly(exchange: Exchange, to: PushAddress, deadline: float) -> Line:
        if to.host == "127.0.0.1":
            return dial(exchange, to, deadline)
        time.sleep(0.3)
        raise Broken("TimeoutError")

    monkeypatch.setattr(Exchange, "_dial", slowly)
    begun = time.monotonic()
    with PushService() as service:
        nowhere = [push(f"https://{number}.example.net/1") for number in range(20)]
        ends = sent(post, *nowhere, push(f"{service.origin}/1"))
    assert [end.end for end in ends] == [*["unreachable"] * 20, "sent"]
    assert time.monotonic() - begun < 3


def test_where_nobody_listens(post: Post) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{unused.getsockname()[1]}"
    (end,) = sent(post, push(f"{origin}/1"))
    assert (end.end, end.reason, end.wait) == ("unreachable", "ConnectionRefusedError", 15)


@pytest.mark.parametrize(
    "address",
    ["https://127.0.0.1/1", "https://10.0.0.1/1", "https://169.254.169.254/latest", "https://localhost/1", "http://[::1]/1",
     "https://2130706433/1", "https://push.example/1\r\nX: y", "ftp://push.example/1", ""],
)  # fmt: skip
def test_nothing_is_sent_into_the_house(address: str, settings: Settings) -> None:
    settings.PERRON_PUSH_NETWORKS = []
    with Post() as post:
        (end,) = sent(post, push(address))
    assert end.end == "failed"
    assert end.reason in {"private", "address"}


def test_a_name_is_resolved_once_and_its_checked_address_is_the_one_that_is_dialled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PERRON_PUSH_NETWORKS = []
    answers, dialled = ["93.184.216.34", "127.0.0.1"], []

    def rebinding(_host: str, port: int, **_more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    def dial(to: tuple[str, int], _seconds: float) -> None:
        dialled.append(to)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr(socket, "create_connection", dial)
    with Post() as post:
        (end,) = sent(post, push("https://rebinding.example/1"))
    assert (end.end, dialled, answers) == ("unreachable", [("93.184.216.34", 443)], ["127.0.0.1"])


def test_without_a_clearance_nothing_leaves(post: Post) -> None:
    used = clearance()
    with PushService() as service:
        message = push(f"{service.origin}/1")
        assert [end for _one, end in post.send([(message, used)])] == [Outcome("sent", "201")]
        with pytest.raises(BadClearance):
            list(post.send([(message, used)]))
    assert len(service.taken) == 1


def test_a_message_that_cannot_be_made_stops_no_other(post: Post) -> None:
    with PushService() as service:
        to = f"{service.origin}/1"
        topics = [push(to, topic=topic) for topic in ("not a topic", "x" * 33, "x" * 32)]
        ends = sent(post, push(to, said=bytes(5000)), *topics, push(to))
    assert [end.end for end in ends] == ["failed", "failed", "failed", "sent", "sent"]
