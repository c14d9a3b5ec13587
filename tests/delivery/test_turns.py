"""Among what is equally urgent, partners take turns."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from perron.audience.models import Channel
from perron.communities.models import Community
from perron.core import clock
from perron.delivery import dispatching, leasing, releases, working
from perron.delivery.carriers.mail import Mail
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sending import send_due
from perron.delivery.working import deliver
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db
SOON = timedelta(seconds=20)


def test_partners_take_turns_however_much_one_of_them_has_to_say(liege: Community, server: MailServer) -> None:
    namur = making.community("namur", partner=making.partner("namur"))
    for number in range(100):
        reader(liege, f"liege{number}@example.org")
    for number in range(20):
        reader(namur, f"namur{number}@example.org")
    for number in range(3):
        making.released(at=liege, title=f"Liège {number}")
    making.released(at=namur)
    with clock.travel(clock.now() + SOON):
        releases.dispatch_releases()
        # Each list is made a shard at a time, in turns too.
        assert [dispatching.expand(shard=10) for _ in range(2)] == [10, 10]
        assert Delivery.stored.filter(dispatch__share=namur.partner_id).count() == 10
        deliver()
    order = [address for address, _message in server.taken]
    assert len(order) == 320
    assert max(place for place, address in enumerate(order) if address.startswith("namur")) < 100


def test_a_batch_takes_from_all_who_have_little_to_say(liege: Community, server: MailServer) -> None:
    for number in range(3):
        town = making.community(f"town-{number}", partner=making.partner(f"town-{number}"))
        reader(town)
        making.released(at=town)
    with clock.travel(clock.now() + SOON):
        releases.dispatch_releases()
        while dispatching.expand():
            pass
        assert len(leasing.Queue(Channel.EMAIL).lease(20, timedelta(minutes=10))) == 3


def test_one_batch_more_asks_few_questions_more(liege: Community, server: MailServer) -> None:
    for _ in range(60):
        reader(liege)
    making.released(at=liege)
    with clock.travel(clock.now() + SOON):
        releases.dispatch_releases()
        dispatching.expand()
        with CaptureQueriesContext(connection) as one:
            assert send_due(Mail(), limit=20) == 20
        with CaptureQueriesContext(connection) as two:
            assert send_due(Mail(), limit=40) == 40
    # What is leased, its dispatch, where the readers are, restrictions, suppressed addresses, the end; and whose turn
    # it is, if the first batch took long.
    assert len(two) - len(one) <= 7


def test_the_first_messages_do_not_wait_for_all_of_a_long_list(
    liege: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "_FIRST", 2)
    for _ in range(5):
        reader(liege)
    making.released("alert", at=liege)
    releases.dispatch_releases()
    made = []
    while dispatching.expand():
        made.append(Delivery.stored.count())
    assert made[:2] == [2, 5]


def test_the_next_batch_is_of_what_became_more_urgent_meanwhile(
    liege: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leasing, "_KEPT", 1_000)
    for _ in range(3):
        reader(liege)
    making.released(at=liege)
    queue = leasing.Queue(Channel.EMAIL)

    def made_and_taken(most: int) -> list[int]:
        releases.dispatch_releases()
        while dispatching.expand():
            pass
        return [each.dispatch.priority for each in queue.lease(most, timedelta(minutes=10))]

    with clock.travel(clock.now() + SOON):
        assert made_and_taken(1) == [dispatching.ITEM]
        making.released("alert", at=liege)
        assert made_and_taken(2) == [dispatching.ALERT] * 2
        # The first of these was leased before; another one comes before it goes on to what is less urgent.
        making.released("alert", at=liege, title="Encore")
        assert made_and_taken(4) == [dispatching.ALERT] * 4
        assert made_and_taken(2) == [dispatching.ITEM] * 2


class Waiting:
    """Stands for `core.waking.stopping`: whenever a list waits, something happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self._happens = happens

    def is_set(self) -> bool:
        return False

    def wait(self, _seconds: float) -> bool:
        self._happens()
        return False


def test_a_list_waits_for_what_is_more_urgent_to_leave(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for an alert that comes between two of its shards: that is made, and leaves, before the next."""
    monkeypatch.setattr(dispatching, "_FIRST", 2)
    for _ in range(5):
        reader(liege)
    making.released(at=liege)
    stood: list[tuple[int, int]] = []

    def happens() -> None:
        if not stood:
            making.released("alert", at=liege)
        send_due(Mail(), limit=1)
        alerts = Delivery.stored.filter(dispatch__priority=dispatching.ALERT)
        items = Delivery.stored.filter(dispatch__priority=dispatching.ITEM)
        stood.append((alerts.filter(state=Delivery.State.SENT).count(), items.count()))

    monkeypatch.setattr(working, "stopping", Waiting(happens))
    with clock.travel(clock.now() + SOON):
        working.dispatch()
        assert (5, 2) in stood
        assert all(made == 2 for _left, made in stood)
    assert Delivery.stored.count() == 10


def test_what_cannot_leave_holds_up_no_list_for_long(liege: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatching, "_FIRST", 2)
    for _ in range(3):
        reader(liege)
    making.released("alert", at=liege)
    making.released(at=liege)
    looked: list[None] = []
    monkeypatch.setattr(working, "stopping", Waiting(lambda: looked.append(None)))
    with clock.travel(clock.now() + SOON):
        working.dispatch(patience=0.05)
    assert Delivery.stored.count() == 6
    assert len(looked) > 3


def test_what_cannot_be_listed_holds_up_nothing_behind_it(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(liege)
    broken = making.released("alert", at=liege, title="Crue").releases.get()
    making.released(at=liege, title="Marché")
    wanted = releases.Releases.wanted

    def or_not(source: Any, dispatch: Dispatch, **which: Any) -> Any:
        if dispatch.release_id == broken.pk:
            raise ZeroDivisionError
        return wanted(source, dispatch, **which)

    with clock.travel(clock.now() + timedelta(seconds=20)):
        with monkeypatch.context() as patch:
            patch.setattr(releases.Releases, "wanted", or_not)
            assert deliver() == 1
        assert [message["Subject"] for message in server.messages()] == ["Marché"]
        monkeypatch.setattr(dispatching, "_aside", {})
        assert deliver() == 1, "it is tried again"
