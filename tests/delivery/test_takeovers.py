"""What a community accepts after its release reaches its own subscribers too, once."""

from datetime import timedelta
from typing import Any

import pytest

from perron.communities.models import Community
from perron.core import clock
from perron.delivery import ledger
from perron.delivery.takeovers import dispatch_takeovers
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.models import Item, Placement
from perron.publishing.sharing import answering, placing
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def water() -> Community:
    return making.community("water", kind="public_service")


def later(**by: float) -> int:
    with clock.travel(clock.now() + timedelta(**by)):
        dispatch_takeovers()
        return deliver()


def offered(water: Community, liege: Community, kind: str = "news", **more: Any) -> Placement:
    item = making.released(kind, at=water, **more)
    with clock.travel(clock.now() + timedelta(minutes=1)):
        deliver()
        return placing.offer(item, [liege], by=SYSTEM)[0]


def accept(placement: Placement, **after: float) -> None:
    with clock.travel(clock.now() + timedelta(**after)):
        answering.accept(placement, by=SYSTEM)


def test_it_reaches_those_whom_it_did_not_reach_before(liege: Community, water: Community, server: MailServer) -> None:
    reader(liege, "liege@example.org")
    reader(water, "water@example.org")
    for community in (liege, water):
        reader(community, "both@example.org")
    reader(liege, "digest@example.org")
    reader(water, "digest@example.org", rhythm="daily", collected_since=clock.now() - timedelta(hours=1))
    reader(liege, "events@example.org", kinds=["event"])
    placement = offered(water, liege, title="Coupure")
    assert sorted(to for to, _message in server.taken) == ["both@example.org", "water@example.org"]
    assert later(minutes=2) == 0, "nobody accepted it"
    accept(placement, minutes=5)
    assert later(minutes=6) == 1
    assert server.taken[-1][0] == "liege@example.org"
    assert later(minutes=7) == 0
    lines = ledger.of_item(placement.item)
    assert [(line.taken_over_by, line.wanted) for line in lines] == [("Ville de Liège", 1), ("", 2)]


def test_an_alert_does_too_with_its_newest_word_and_then_its_end(
    liege: Community, water: Community, server: MailServer
) -> None:
    reader(liege, "liege@example.org", rhythm="weekly", collected_since=clock.now())
    placement = offered(water, liege, "alert", title="Eau trouble")
    item = Item.objects.get(pk=placement.item_id)
    drafting.save(item, making.content("alert", title="Eau coupée"), by=SYSTEM, expected=item.edition)
    item.refresh_from_db()
    releasing.release(item, by=SYSTEM, expected=item.edition)
    later(minutes=2)
    accept(placement, minutes=3)
    assert later(minutes=4) == 1
    with clock.travel(clock.now() + timedelta(minutes=5)):
        releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)
    assert later(minutes=6) == 1
    headings = [str(message["Subject"]) for _to, message in server.taken]
    assert headings == ["Alerte, mise à jour\xa0: Eau coupée", "Terminé\xa0: Eau coupée"]


def test_what_is_old_or_was_given_back_is_not_sent(liege: Community, water: Community, server: MailServer) -> None:
    reader(liege, "liege@example.org")
    old, withdrawn, declined = (offered(water, liege) for _ in range(3))
    accept(withdrawn, minutes=2)
    releasing.withdraw(Item.objects.get(pk=withdrawn.item_id), by=SYSTEM)
    accept(declined, minutes=2)
    with clock.travel(clock.now() + timedelta(minutes=3)):
        assert dispatch_takeovers() == 1, "of what is still public"
        assert dispatch_takeovers() == 0
        answering.decline(declined, "Trop loin.", by=SYSTEM)
    later(minutes=4)
    accept(old, days=2, minutes=1)
    later(days=2, minutes=2)
    assert not server.taken
