"""A device that wants one notification a day or a week: how much is new and where, and nothing when nothing is."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pytest_django.fixtures import Settings

from perron.audience import subscribing
from perron.audience.choices import Choice
from perron.audience.models import Recipient, Subscription
from perron.communities.models import Community
from perron.core import clock
from perron.delivery import ledger
from perron.delivery.digests.rounds import begin_round, forget
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.models import Item
from tests import making
from tests.channels.push_service import Browser, PushService
from tests.delivery.town import device

pytestmark = pytest.mark.django_db

# A Wednesday, ten in the morning in Belgium; Monday is five days away.
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _wednesday(settings: Settings) -> Any:
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
    with clock.travel(WEDNESDAY):
        yield


def waiting(community: Community, endpoint: str, browser: Browser, rhythm: str = "daily") -> Recipient:
    recipient = device(community, endpoint, browser)
    own = Subscription.stored.filter(recipient=recipient, community=community)
    own.update(rhythm=rhythm, collected_since=clock.now(), since=clock.now() - 30 * DAY)
    return recipient


def released(at: Community, title: str, *, kind: str = "news", hours: int = 1) -> Item:
    with clock.travel(WEDNESDAY + timedelta(hours=hours)):
        item = making.released(kind, at=at, title=title)
        with clock.travel(clock.now() + timedelta(seconds=20)):
            deliver()
        return item


def morning(days: int = 1) -> int:
    with clock.travel(WEDNESDAY.replace(hour=6, minute=5) + days * DAY):
        begin_round()
        sent = deliver()
        forget()
        return sent


def test_one_notification_says_how_much_is_new_and_opens_the_communitys_page(liege: Community) -> None:
    browser = Browser()
    with PushService() as service:
        waiting(liege, f"{service.origin}/1", browser)
        titles = ("Marché", "Concert", "Fête", "Travaux")
        items = [released(liege, title, hours=hour) for hour, title in enumerate(titles, 1)]
        taken_back = released(liege, "Retiré")
        releasing.withdraw(Item.objects.get(pk=taken_back.pk), by=SYSTEM)
        assert service.taken == [], "nothing comes before the morning"
        assert morning() == 1
        assert morning(2) == 0, "nothing is new"
    (taken,) = service.taken
    said = json.loads(browser.read(taken.body))["notification"]
    assert said["title"] == "Ville de Liège\xa0: 4 nouveautés"
    assert said["body"].split(" · ")[0] == "Travaux", "the newest first"
    assert said["body"].count(" · ") == 2, "three at most"
    assert said["navigate"].endswith("/fr/liege/")
    round_ = Dispatch.objects.get(source="digest", about__isnull=False, ended_at__isnull=False, tally={"sent": 1})
    assert (said["tag"], taken.headers["Topic"], taken.headers["Urgency"]) == (round_.pk.hex, round_.pk.hex, "low")
    assert [line.in_digests.said for line in ledger.of_item(items[0])] == [[("sent", "", 1)]]


def test_of_two_communities_it_opens_the_platform_and_an_alert_comes_at_once(liege: Community) -> None:
    browser, namur = Browser(), making.community("namur", names={"fr": "Namur"})
    with PushService() as service:
        for community in (liege, namur):
            waiting(community, f"{service.origin}/1", browser, "weekly")
            released(community, "Marché")
        released(liege, "Crue", kind="alert")
        assert len(service.taken) == 1
        assert morning() == 0, "that of the week waits for Monday"
        assert morning(5) == 1
    said = json.loads(browser.read(service.taken[1].body))["notification"]
    assert sorted(said["title"].partition("\xa0:")[0].split(", ")) == ["Namur", "Ville de Liège"]
    assert said["navigate"].endswith("/fr/")


def test_nothing_is_sent_of_what_was_taken_back_and_a_browser_that_is_gone_is_forgotten(liege: Community) -> None:
    with PushService() as service:
        recipient = waiting(liege, f"{service.origin}/1", Browser())
        with clock.travel(WEDNESDAY + timedelta(hours=1)):
            item = making.released(at=liege)
        with clock.travel(WEDNESDAY.replace(hour=6, minute=1) + DAY):
            Recipient.stored.filter(pk=recipient.pk).update(quiet_from="22:00", quiet_until="09:00")
            begin_round()
            assert deliver() == 0, "it waits for the end of the quiet hours"
            releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)
        with clock.travel(WEDNESDAY.replace(hour=8, minute=5) + DAY):
            deliver()
    assert service.taken == []
    assert Delivery.stored.get(dispatch__source="digest").state == "expired"


def test_programs_are_told_at_once_whatever_is_asked(liege: Community) -> None:
    program = Recipient.stored.create(subject_id=UUID(int=1), channel="webhook", language="fr")
    subscribing.take(program, liege, Choice(rhythm="daily"))
    assert Subscription.stored.get().rhythm == "at_once"
