"""What happens to what is on its way: an item is withdrawn while it is being sent, a reader leaves while leased."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.audience.leaving import unsubscribe
from perron.communities.models import Community
from perron.core import clock
from perron.delivery import ending, leasing, ledger, sending
from perron.delivery.carriers import mail
from perron.delivery.carriers.carrying import Ready
from perron.delivery.carriers.mail import Mail
from perron.delivery.dispatching import expand
from perron.delivery.models import Delivery
from perron.delivery.releases import dispatch_releases
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.publishing import drafting, releasing
from perron.publishing.models import Item
from tests import making
from tests.channels.hook_server import HookServer
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader, webhook
from tests.studio.conftest import signed_in

pytestmark = pytest.mark.django_db

State = Delivery.State
SOON = timedelta(seconds=20)


def states() -> list[str]:
    return sorted(Delivery.stored.values_list("state", flat=True))


def after_the_first(monkeypatch: pytest.MonkeyPatch, deed: Any) -> None:
    """Do something when the first mail has left, one being in flight at a time."""
    monkeypatch.setattr(Mail, "in_flight", 1)
    send, done = mail._Line._send, list[Any]()

    def sent(line: mail._Line, each: Ready) -> Any:
        outcome = send(line, each)
        if not done:
            done.append(deed())
        return outcome

    monkeypatch.setattr(mail._Line, "_send", sent)


def withdraw(item: Item) -> None:
    releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)


def test_an_item_withdrawn_while_it_is_sent_reaches_nobody_further(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        reader(liege)
    item = making.released(at=liege)
    after_the_first(monkeypatch, lambda: withdraw(item))
    with clock.travel(clock.now() + SOON):
        deliver()
    assert len(server.taken) == 1
    (line,) = ledger.of_item(item)
    assert (line.numbers[State.SENT], line.numbers[State.EXPIRED], line.is_over) == (1, 4, True)


def test_the_end_of_an_alert_that_was_withdrawn_while_it_was_sent_reaches_all(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        reader(liege)
    item = making.released("alert", at=liege, title="Crue")
    after_the_first(monkeypatch, lambda: withdraw(item))
    deliver()
    headings = [str(message["Subject"]) for message in server.messages()]
    assert headings.count("Alerte\xa0: Crue") == 1
    assert len([each for each in headings if each != "Alerte\xa0: Crue"]) == 3
    assert states() == ["expired", "expired", "sent", "sent", "sent", "sent"]


def test_an_item_corrected_while_programs_are_told_is_told_anew(liege: Community, receiver: HookServer) -> None:
    webhook(liege, receiver)
    item = making.released(at=liege)
    receiver.answers = [500]
    with clock.travel(clock.now() + SOON):
        deliver()
    saved = drafting.save(item, making.content(title="Autrement"), by=SYSTEM, expected=item.edition)
    releasing.release(saved, by=SYSTEM, expected=saved.edition)
    with clock.travel(clock.now() + timedelta(minutes=5)):
        deliver()
    assert [b'"title":"Autrement"' in got.body for got in receiver.got] == [False, True, True]


@pytest.mark.parametrize("leave", ["unsubscribe", "erase"])
def test_who_leaves_while_leased_gets_nothing(liege: Community, server: MailServer, leave: str) -> None:
    recipient = reader(liege)
    making.released(at=liege)
    with clock.travel(clock.now() + SOON):
        dispatch_releases()
        expand()
        batch = leasing.Queue(Mail.channel).lease(20, sending.LEASE)
        assert len(batch) == 1
        if leave == "unsubscribe":
            unsubscribe(recipient)
        else:
            erase([recipient.subject], by=SYSTEM)
        assert sending._ready(batch, {}) == []
        deliver()
    assert server.taken == []
    assert states() == (["gone"] if leave == "unsubscribe" else [])


def test_who_is_erased_while_their_message_leaves_stays_erased(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [reader(liege) for _ in range(2)]
    making.released(at=liege)
    after_the_first(monkeypatch, lambda: erase([each.subject for each in readers], by=SYSTEM))
    with clock.travel(clock.now() + SOON):
        deliver()
    assert len(server.taken) == 1
    assert not Delivery.stored.exists()


def test_a_delivery_ends_once(liege: Community, server: MailServer) -> None:
    """A worker that comes back after its lease finds what another one did, and changes nothing."""
    reader(liege)
    making.released("alert", at=liege)
    deliver()
    before = Delivery.stored.values().get()
    assert before["state"] == State.SENT
    with clock.travel(clock.now() + SOON):
        for state in (State.EXPIRED, State.FAILED, State.SENT):
            ending.end([before["id"]], state, "late")
        ending.try_again(before["id"], "late", at=clock.now())
        ending.put_back(before["id"], "late", after=timedelta(0))
        assert deliver() == 0
    assert Delivery.stored.values().get() == before
    assert len(server.taken) == 1


def test_the_editor_sees_how_it_goes_and_the_page_stops_asking_when_it_is_over(
    liege: Community, server: MailServer
) -> None:
    editor = signed_in(making.person("editor@example.org", role="editor", at=liege))
    for _ in range(3):
        reader(liege)
    item = making.released(at=liege)
    address = f"/studio/liege/items/{item.pk}/sent/"
    with clock.travel(clock.now() + SOON):
        dispatch_releases()
        expand()
        running = editor.get(address).content.decode()
        assert f'data-ledger="{address}"' in running
        assert f'data-ledger="{address}"' in editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
        server.answers["RCPT"] = lambda line: "550 5.1.1 No such user" if "reader1" in line else ""
        deliver()
        over = editor.get(address).content.decode()
    assert "data-ledger" not in over
    assert "fewer than 10" in over
    assert "ledger.js" not in editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
    assert Client().get(address).status_code == 302
