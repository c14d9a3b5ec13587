"""When what was not taken is tried again: no sooner than the other side asks for, and not so often that it is given up
before the other side is well again; and one that keeps silent holds up no other."""

from collections.abc import Iterator
from datetime import timedelta
from time import sleep

import pytest
from pytest_django.fixtures import Settings

from perron.communities.models import Community
from perron.core import clock
from perron.delivery.carriers import webhook as by_webhook
from perron.delivery.carriers.webhook import Webhooks
from perron.delivery.models import Delivery
from perron.delivery.sending import send_due
from perron.delivery.working import deliver, dispatch
from tests import making
from tests.channels.hook_server import HookServer
from tests.channels.push_service import CREATED, PushService
from tests.delivery.town import device, webhook

pytestmark = [pytest.mark.django_db, pytest.mark.once]

SOON = timedelta(seconds=20)
DOWN = b"HTTP/1.1 503 Down\r\nContent-Length: 0\r\n\r\n"
State = Delivery.State


@pytest.fixture
def service(settings: Settings) -> Iterator[PushService]:
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
    with PushService() as listening:
        yield listening


def later(by: timedelta = SOON) -> int:
    with clock.travel(clock.now() + by):
        return deliver()


def test_a_push_service_that_fails_for_an_hour_loses_no_message(liege: Community, service: PushService) -> None:
    service.answer = lambda _taken: DOWN
    device(liege, f"{service.origin}/1")
    making.released(at=liege)
    for minute in range(1, 60, 2):
        later(timedelta(minutes=minute))
    row = Delivery.stored.get()
    assert (row.state, row.failure) == (State.WAITING, "503")
    assert row.tries < 9
    service.answer = lambda _taken: CREATED
    assert later(timedelta(hours=4)) == 1


def test_who_is_ready_again_in_a_second_for_a_minute_loses_no_call(liege: Community, receiver: HookServer) -> None:
    webhook(liege, receiver)
    making.released(at=liege)
    receiver.status, receiver.headers = 503, {"Retry-After": "1"}
    for second in range(0, 60, 4):
        later(SOON + timedelta(seconds=second))
    assert Delivery.stored.get().state == State.WAITING
    receiver.status = 204
    assert later(timedelta(hours=1)) == 1


def test_who_asks_for_a_year_has_it_expire_when_it_is_no_news(liege: Community, receiver: HookServer) -> None:
    webhook(liege, receiver)
    making.released(at=liege)
    receiver.status, receiver.headers = 429, {"Retry-After": "31536000"}
    later()
    row = Delivery.stored.select_related("dispatch").get()
    assert row.due_at == row.dispatch.expires_at
    for _ in range(2):
        later(timedelta(days=3))
    row.refresh_from_db()
    row.dispatch.refresh_from_db()
    assert (row.state, row.dispatch.tally, len(receiver.got)) == (State.EXPIRED, {"expired": 1}, 1)


def test_what_else_waits_for_who_asked_to_be_left_alone_waits_as_well(
    liege: Community, receiver: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    webhook(liege, receiver, "/busy")
    webhook(liege, receiver, "/free")
    for _ in range(3):
        making.released(at=liege)
    monkeypatch.setattr(Webhooks, "in_flight", 2)
    with clock.travel(clock.now() + SOON):
        dispatch()
        receiver.busy["/busy"] = (429, {"Retry-After": "3600"})
        send_due(Webhooks())
    paths = [got.path for got in receiver.got]
    # Of two calls at once, both may be to the same.
    assert paths.count("/busy") <= 2
    assert paths.count("/free") == 3
    receiver.busy.clear()
    assert later(timedelta(minutes=50)) == 0
    assert later(timedelta(minutes=62)) == 3


def test_a_server_that_is_left_alone_loses_no_try_by_it_nor_is_it_punished_for_each_call_of_a_batch(
    liege: Community, receiver: HookServer
) -> None:
    carrier = Webhooks()
    with HookServer() as silent:
        webhook(liege, silent)
    for _ in range(4):
        making.released(at=liege)
    with clock.travel(clock.now() + SOON):
        dispatch()
        send_due(carrier)
    (silence,) = carrier._silences.values()
    assert silence.lasts == 30
    # Each is due again, and the server still left alone.
    for at in range(1, 15):
        with clock.travel(clock.now() + at * timedelta(minutes=10)):
            send_due(carrier)
    assert set(Delivery.stored.values_list("state", "tries")) == {(State.WAITING, 1)}


def test_a_server_that_takes_its_time_is_called_once_a_while(
    liege: Community, receiver: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_webhook, "_SLOW", 0.05)
    monkeypatch.setattr(Webhooks, "in_flight", 1)
    carrier = Webhooks()
    webhook(liege, receiver)
    for _ in range(2):
        making.released(at=liege)
    receiver.pause = lambda: sleep(0.1)
    with clock.travel(clock.now() + SOON):
        dispatch()
        assert send_due(carrier) == 1
    assert Delivery.stored.get(state=State.WAITING).tries == 0
    carrier._silences.clear()
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert send_due(carrier) == 1
    assert len(receiver.got) == 2
