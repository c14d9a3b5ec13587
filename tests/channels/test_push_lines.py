"""Lines to push services that the other side hung up meanwhile, or on which it says nothing any more."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from perron.channels.web_push import sending
from perron.channels.web_push.sending import Outcome, Post
from tests.channels.push_service import CREATED, PushService, Taken
from tests.channels.test_web_push import push, sent

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SENT = Outcome("sent", "201")


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
    with Post() as opened:
        yield opened


def hung_up(post: Post, service: PushService) -> None:
    """Have the other side close every line that is kept, as push services do after some minutes."""
    for line in post._exchange._free[service.origin]:
        line._socket.shutdown(socket.SHUT_WR)


def several(post: Post, service: PushService, number: int) -> list[Outcome]:
    """Send so many at once, over a line each."""
    together = threading.Barrier(number)

    def answer(_taken: Taken) -> bytes:
        together.wait(timeout=5)
        return CREATED

    service.answer = answer
    ends = sent(post, *(push(f"{service.origin}/{one}") for one in range(number)))
    service.answer = lambda _taken: CREATED
    return ends


def test_one_message_after_many_finds_a_line_although_all_of_theirs_were_closed(post: Post) -> None:
    with PushService() as service:
        assert several(post, service, 5) == [SENT] * 5
        hung_up(post, service)
        assert sent(post, push(f"{service.origin}/later"), push(f"{service.origin}/as-well")) == [SENT] * 2
    targets = [taken.target for taken in service.taken]
    assert sorted(targets[5:]) == ["/as-well", "/later"]


def test_a_line_that_another_service_kept_waiting_too_long_has_its_own_time(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.3)

    def never(_taken: Taken) -> bytes:
        time.sleep(1)
        return b""

    def thinks(_taken: Taken) -> bytes:
        time.sleep(0.1)
        return CREATED

    with PushService(answer=never) as hanging, PushService(answer=thinks) as good:
        assert sent(post, push(f"{good.origin}/1")) == [SENT]
        hung_up(post, good)
        (lost, found) = sent(post, push(f"{hanging.origin}/1"), push(f"{good.origin}/2"))
        assert lost.end == "unreachable"
        assert found == SENT
        assert sent(post, push(f"{good.origin}/3")) == [SENT], "it is not taken for one that keeps silent"


def test_where_lines_were_closed_and_nobody_answers_any_more_one_wait_is_enough(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "PATIENCE", 0.3)

    def never(_taken: Taken) -> bytes:
        time.sleep(2)
        return b""

    with PushService() as service:
        several(post, service, 8)
        hung_up(post, service)
        service.answer = never
        begun = time.monotonic()
        ends = sent(post, *(push(f"{service.origin}/{one}") for one in range(8)))
        assert time.monotonic() - begun < 1.5
    assert {end.end for end in ends} == {"unreachable"}
