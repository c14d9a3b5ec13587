"""What did not arrive is seen without a word about anybody, tried again once, or let go."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.working import deliver
from perron.letters import bounces
from perron.privacy.acting import SYSTEM
from perron.privacy.looks import Look
from perron.privacy.models import AuditEntry
from perron.privacy.retaining import expire
from perron.publishing import releasing
from perron.publishing.models import Item
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader
from tests.desk import rooms

pytestmark = pytest.mark.django_db

ADDRESS = "/desk/deliveries/"
SOON = timedelta(seconds=20)


@pytest.fixture
def desk() -> Client:
    client = Client()
    person = making.person(role="administrator")
    Person.objects.filter(pk=person.pk).update(language="en")
    client.force_login(person)
    return client


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as listening:
        settings.PERRON_MAIL = listening.server
        yield listening


@pytest.fixture
def liege() -> Community:
    community = making.community()
    making.platform(community)
    return community


def failed(liege: Community, server: MailServer) -> Dispatch:
    """Release an item to two readers, of whom one does not get it."""
    reader(liege, "anne@example.org")
    reader(liege, "bert@example.org")
    server.answers["RCPT"] = lambda line: "550 5.7.1 Not welcome" if "bert" in line else ""
    making.released(at=liege, title="Marché")
    with clock.travel(clock.now() + SOON):
        deliver()
    server.answers.clear()
    return Dispatch.objects.get()


def test_it_is_seen_by_what_was_sent_and_why_without_an_address(
    desk: Client, liege: Community, server: MailServer
) -> None:
    dispatch = failed(liege, server)
    listed = desk.get(ADDRESS).content.decode()
    shown = desk.get(f"{ADDRESS}{dispatch.pk}/").content.decode()
    assert "Marché" in listed
    assert "refused it for good (550" in shown
    assert "example.org" not in listed + shown
    assert not Look.objects.exists()


def test_who_opens_the_addresses_says_why_and_it_is_noted(desk: Client, liege: Community, server: MailServer) -> None:
    dispatch = failed(liege, server)
    page = f"{ADDRESS}{dispatch.pk}/addresses/"
    assert desk.get(page).status_code == 302
    rooms.say_why(desk)
    shown = desk.get(page).content.decode()
    assert ("bert@example.org" in shown, "anne@example.org" in shown) == (True, False)
    assert Look.objects.get().why == "support case 4711"


def test_it_is_tried_again_once_and_reaches_only_who_lacks_it(
    desk: Client, liege: Community, server: MailServer
) -> None:
    dispatch = failed(liege, server)
    with clock.travel(clock.now() + timedelta(days=3)):
        answer = desk.post(f"{ADDRESS}{dispatch.pk}/", {"deed": "retry"}, follow=True)
        assert "1 message is on its way again." in answer.content.decode()
        assert deliver() == 1
    assert [address for address, _message in server.taken] == ["anne@example.org", "bert@example.org"]
    dispatch.refresh_from_db()
    assert dispatch.tally == {"sent": 2}
    assert AuditEntry.objects.get(verb="retry deliveries").detail["number"] == 1
    Delivery.stored.update(state="given_up")
    answer = desk.post(f"{ADDRESS}{dispatch.pk}/", {"deed": "retry"})
    assert answer.status_code == 409
    assert "tried again already" in answer.content.decode()


def test_what_was_withdrawn_is_not_tried_again(desk: Client, liege: Community, server: MailServer) -> None:
    dispatch = failed(liege, server)
    releasing.withdraw(Item.objects.get(), by=SYSTEM)
    answer = desk.post(f"{ADDRESS}{dispatch.pk}/", {"deed": "retry"})
    assert answer.status_code == 422
    assert "nobody is to get it any more" in answer.content.decode()
    assert Delivery.stored.filter(state="failed").count() == 1


def test_what_is_let_go_is_not_listed_any_more(desk: Client, liege: Community, server: MailServer) -> None:
    dispatch = failed(liege, server)
    desk.post(f"{ADDRESS}{dispatch.pk}/", {"deed": "let-go"})
    assert "Marché" not in desk.get(ADDRESS).content.decode()
    assert desk.post(f"{ADDRESS}{dispatch.pk}/", {"deed": "let-go"}).status_code == 409
    assert AuditEntry.objects.filter(verb="let deliveries go").count() == 1


def test_when_its_time_has_come_nothing_is_left_of_whom_it_did_not_reach(
    desk: Client, liege: Community, server: MailServer
) -> None:
    dispatch = failed(liege, server)
    assert "Marché" in desk.get(ADDRESS).content.decode()
    with clock.travel(clock.now() + timedelta(days=100)):
        expire()
    # Sessions have had their time too.
    desk.force_login(Person.objects.get())
    assert not Delivery.stored.exists()
    assert "Marché" not in desk.get(ADDRESS).content.decode()
    assert desk.get(f"{ADDRESS}{dispatch.pk}/").status_code == 404
    dispatch.refresh_from_db()
    assert dispatch.tally == {"sent": 1, "failed": 1}


def test_where_nothing_is_sent_any_more_is_no_dead_letter(desk: Client, liege: Community, server: MailServer) -> None:
    bounces.note(reader(liege, "gone@example.org").subject, "5.1.1")
    making.released(at=liege, title="Marché")
    with clock.travel(clock.now() + SOON):
        assert deliver() == 0
    assert server.taken == []
    assert "Marché" not in desk.get(ADDRESS).content.decode()
