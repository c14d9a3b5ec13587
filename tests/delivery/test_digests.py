"""Digests: one message in the morning with what is new, each item once, and nothing when nothing is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from perron.audience.choices import choice_of
from perron.audience.models import Recipient, Subscription
from perron.audience.subscribing import change
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.digests import writing
from perron.delivery.digests.model import Digest
from perron.delivery.digests.rounds import begin_round, forget
from perron.delivery.dispatching import expand
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.sharing import answering, placing
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db

# A Wednesday, ten in the morning in Belgium; Monday is five days away.
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _wednesday() -> Any:
    with clock.travel(WEDNESDAY):
        yield


def subscriber(community: Community, email: str = "anne@example.org", rhythm: str = "daily", **more: Any) -> Recipient:
    since = clock.now() - timedelta(days=30)
    return reader(community, email, rhythm=rhythm, since=since, collected_since=clock.now(), **more)


def released(at: Community, title: str, *, after: timedelta = timedelta(hours=1), **more: Any) -> Any:
    with clock.travel(WEDNESDAY + after):
        item = making.released(at=at, title=title, **more)
        with clock.travel(clock.now() + timedelta(seconds=20)):
            deliver()
        return item


def morning(days: int = 1) -> int:
    """Do what is done that many mornings later, at five past seven; return how many messages went."""
    with clock.travel(WEDNESDAY.replace(hour=6, minute=5) + days * DAY):
        begin_round()
        return deliver()


def bodies(server: MailServer) -> dict[str, str]:
    found = {}
    for to, message in server.taken:
        body = message.get_body(("plain",))
        assert body
        found[to] = body.get_content()
    return found


def test_what_is_new_comes_in_one_message_by_community_and_only_once(liege: Community, server: MailServer) -> None:
    namur = making.community("namur", names={"fr": "Namur"})
    subscriber(liege)
    subscriber(namur)
    released(liege, "Marché", topics=())
    released(liege, "Concert", kind="event")
    released(namur, "Fête")
    assert not server.taken, "nothing comes before the morning"
    assert morning() == 1
    (message,) = [message for _to, message in server.taken]
    text = bodies(server)["anne@example.org"]
    assert [text.count(word) for word in ("Marché", "Concert", "Fête")] == [1, 1, 1]
    assert text.index("Ville de Liège") < text.index("Marché")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"].startswith("<digest.")
    assert "et 2 autres" in str(message["Subject"])
    dispatch = Dispatch.objects.get(source="digest")
    assert dispatch.tally == {"sent": 1}
    assert morning() == 0
    assert morning(2) == 0, "nothing is new"
    assert Dispatch.objects.filter(source="digest").count() == 2
    assert forget() == 1
    assert not Digest.stored.exists()


def test_an_alert_comes_at_once_and_not_again(liege: Community, server: MailServer) -> None:
    subscriber(liege)
    released(liege, "Crue", kind="alert")
    assert [str(message["Subject"]) for _to, message in server.taken] == ["Alerte\xa0: Crue"]
    assert morning() == 0


def test_each_is_told_what_they_chose_in_their_language(liege: Community, server: MailServer) -> None:
    making.topic("culture")
    subscriber(liege, "all@example.org")
    subscriber(liege, "bart@example.org", language="nl")
    subscriber(liege, "events@example.org", kinds=["event"])
    subscriber(liege, "culture@example.org", topics=["culture"])
    centre = making.area(liege, "centre", 0)
    making.area(liege, "nord", 0.5)
    subscriber(liege, "centre@example.org", areas=["centre"])
    subscriber(liege, "nord@example.org", areas=["nord"])
    released(liege, "Marché", areas=(str(centre.pk),))
    assert morning() == 3
    told = bodies(server)
    assert sorted(told) == ["all@example.org", "bart@example.org", "centre@example.org"]
    assert "Stad Luik" in told["bart@example.org"]


def test_a_week_comes_on_monday_and_a_missed_morning_is_made_good(liege: Community, server: MailServer) -> None:
    subscriber(liege, "weekly@example.org", "weekly")
    subscriber(liege, "daily@example.org", "daily")
    released(liege, "Mercredi")
    released(liege, "Jeudi", after=DAY)
    # Nothing ran on Thursday morning, nor on Monday.
    assert morning(2) == 1
    assert list(bodies(server)) == ["daily@example.org"]
    assert all(word in bodies(server)["daily@example.org"] for word in ("Mercredi", "Jeudi"))
    assert morning(6) == 1
    assert "Mercredi" in bodies(server)["weekly@example.org"]
    released(liege, "Mardi", after=6 * DAY)
    assert morning(7) == 1, "that of the week has come, and waits for the next Monday"
    assert morning(12) == 1
    assert "Mardi" in bodies(server)["weekly@example.org"]
    assert "Mercredi" not in bodies(server)["weekly@example.org"]


def test_it_is_seven_by_the_clock_in_winter_and_summer(liege: Community) -> None:
    subscriber(liege)
    Subscription.stored.update(collected_since=WEDNESDAY - 300 * DAY)
    for early, due in (("2026-10-24T04:59", "2026-10-24T05:00"), ("2026-10-25T05:59", "2026-10-25T06:00")):
        with clock.travel(datetime.fromisoformat(early).replace(tzinfo=UTC)):
            assert begin_round() == 0
        with clock.travel(datetime.fromisoformat(due).replace(tzinfo=UTC)):
            assert begin_round() == 1
            assert begin_round() == 0
    with clock.travel(datetime(2026, 11, 24, 21, tzinfo=UTC)):
        assert begin_round() == 0, "not in the night"


def test_what_two_of_ones_communities_show_is_told_once(liege: Community, server: MailServer) -> None:
    water = making.community("water", kind="public_service")
    both, at_once, late = "both@example.org", "once@example.org", "late@example.org"
    for community in (liege, water):
        subscriber(community, both)
    subscriber(water, at_once, "at_once")
    subscriber(liege, at_once)
    subscriber(liege, late, "weekly")
    Subscription.stored.filter(rhythm="at_once").update(collected_since=None)
    item = released(water, "Coupure")
    assert sorted(to for to, _message in server.taken) == [at_once]
    assert morning() == 1
    with clock.travel(WEDNESDAY + DAY):
        (placement,) = placing.offer(item, [liege], by=SYSTEM)
        answering.accept(placement, by=SYSTEM)
    assert morning(2) == 0, "whoever follows both had it from the one that wrote it"
    assert morning(5) == 1
    assert sorted(to for to, _message in server.taken) == [both, late, at_once]


def test_who_changes_the_rhythm_loses_nothing_and_gets_nothing_twice(liege: Community, server: MailServer) -> None:
    anne = subscriber(liege, rhythm="at_once")
    Subscription.stored.update(collected_since=None)

    def turn(rhythm: str, after: timedelta) -> None:
        with clock.travel(WEDNESDAY + after):
            row = Subscription.stored.get()
            choice = choice_of(row)
            change(anne, liege, type(choice)(choice.kinds, choice.topics, choice.areas, rhythm))

    released(liege, "Un")
    turn("daily", timedelta(hours=2))
    released(liege, "Deux", after=timedelta(hours=3))
    turn("at_once", timedelta(hours=4))
    released(liege, "Trois", after=timedelta(hours=5))
    assert [str(message["Subject"]) for _to, message in server.taken] == ["Un", "Trois"]
    assert morning() == 1
    assert [str(message["Subject"]) for _to, message in server.taken] == ["Un", "Trois", "Deux"]
    assert Subscription.stored.get().collected_since is None
    assert morning(2) == 0


def test_what_was_withdrawn_meanwhile_is_left_out_and_an_empty_digest_is_not_sent(
    liege: Community, server: MailServer
) -> None:
    subscriber(liege, "anne@example.org")
    subscriber(liege, "events@example.org", kinds=["event"])
    released(liege, "Marché")
    taken_back = released(liege, "Concert", kind="event")
    with clock.travel(WEDNESDAY.replace(hour=6, minute=5) + DAY):
        begin_round()
        # Put together, not yet sent.
        while expand(shard=1):
            pass
        assert Delivery.stored.filter(dispatch__source="digest").count() == 2
        releasing.withdraw(taken_back, by=SYSTEM)
    assert morning() == 1
    assert "Concert" not in bodies(server)["anne@example.org"]
    assert "Marché" in bodies(server)["anne@example.org"]
    assert Dispatch.objects.get(source="digest").tally == {"sent": 1, "expired": 1}


def test_it_waits_for_the_end_of_the_quiet_hours(liege: Community, server: MailServer) -> None:
    anne = subscriber(liege)
    Recipient.stored.filter(pk=anne.pk).update(quiet_from="22:00", quiet_until="09:00")
    released(liege, "Marché")
    assert morning() == 0
    with clock.travel(WEDNESDAY.replace(hour=8) + DAY):
        assert deliver() == 1


def test_of_a_long_list_the_page_has_the_rest(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST", 2)
    subscriber(liege)
    for number in range(4):
        released(liege, f"Nouvelle {number}", after=timedelta(hours=number + 1))
    assert morning() == 1
    text = bodies(server)["anne@example.org"]
    assert "Nouvelle 3" in text
    assert "Nouvelle 0" not in text
    assert "2 autres" in text


def test_readers_without_news_are_passed_a_shard_at_a_time(liege: Community, server: MailServer) -> None:
    making.topic("sport")
    for number in range(25):
        subscriber(liege, f"{number}@example.org", topics=["sport"])
    subscriber(liege, "last@example.org")
    released(liege, "Marché")
    until = WEDNESDAY.replace(hour=5, minute=55) + DAY
    moved, asked = [], []
    with clock.travel(WEDNESDAY.replace(hour=6, minute=5) + DAY):
        assert begin_round() == 1
        while Dispatch.objects.filter(source="digest", expanded_at=None).exists():
            with CaptureQueriesContext(connection) as queries:
                expand(shard=10)
            asked.append(len(queries))
            moved.append(Subscription.stored.filter(collected_since=until).count())
        assert deliver() == 1
    assert moved == [10, 20, 26], "each transaction looks at ten readers, whoever of them has news"
    assert asked[0] == asked[1], "the second ten ask as little as the first"
    assert list(bodies(server)) == ["last@example.org"]
