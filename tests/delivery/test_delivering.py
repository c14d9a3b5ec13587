"""What is released reaches who asked for it, once, in their language; and nobody else."""

import html
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from perron.audience import leaving
from perron.audience.models import Channel, Recipient
from perron.channels.email.mail import Mail as Letter
from perron.channels.email.server import Server
from perron.communities.models import Community
from perron.core import clock
from perron.delivery import dispatching, leasing, ledger, releases, sending, writing
from perron.delivery.carriers.mail import Mail
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.working import SENDERS, deliver
from perron.delivery.writing import written
from perron.privacy import restrictions
from perron.privacy.acting import SYSTEM
from perron.privacy.models import Restriction
from perron.privacy.retaining import expire
from perron.publishing import drafting, releasing
from perron.publishing.models import Item
from perron.publishing.sharing import answering, placing
from perron.publishing.working import undoing
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db

State = Delivery.State
SOON = timedelta(seconds=20)


def later(by: timedelta = SOON) -> int:
    """Deliver when the first seconds, in which a release can be taken back, are over."""
    with clock.travel(clock.now() + by):
        return deliver()


def numbers(item: Item) -> Counter[str]:
    return ledger.of_item(item)[0].numbers


def addresses(server: MailServer) -> list[str]:
    return sorted(address for address, _message in server.taken)


def test_each_gets_it_once_in_their_language(liege: Community, server: MailServer) -> None:
    reader(liege, "anne@example.org")
    reader(liege, "bart@example.org", language="nl")
    item = making.released(at=liege, title="Marché & fêtes")
    assert deliver() == 0, "within its first seconds it can be taken back"
    assert later() == 2
    assert later() == 0
    assert addresses(server) == ["anne@example.org", "bart@example.org"]
    message = dict(server.taken)["anne@example.org"]
    assert message["Subject"] == "Marché & fêtes"
    assert message["From"].startswith("Ville de Liège <")
    assert dict(server.taken)["bart@example.org"]["From"].startswith("Stad Luik <")
    assert dict(server.taken)["bart@example.org"]["Content-Language"] == "nl"
    assert numbers(item) == Counter(sent=2)


def test_a_message_can_be_ended_by_one_press_of_the_mail_program(liege: Community, server: MailServer) -> None:
    reader(liege)
    making.released(at=liege)
    later()
    message = server.taken[0][1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"].startswith("<liege.")
    path = re.sub(r"^<https?://[^/]+|>$", "", str(message["List-Unsubscribe"]))
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        assert html.unescape(body.get_content()).count(path.partition("stop/")[0]) == 1
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Recipient.stored.exists()


def test_only_what_somebody_chose_comes_and_alerts_always(liege: Community, server: MailServer) -> None:
    making.topic("culture")
    reader(liege, "all@example.org")
    reader(liege, "news@example.org", kinds=["news"])
    reader(liege, "events@example.org", kinds=["event"])
    reader(liege, "culture@example.org", topics=["culture"])
    reader(making.community("herstal"), "elsewhere@example.org")
    making.released("news", at=liege)
    later()
    assert addresses(server) == ["all@example.org", "news@example.org"]
    server.taken.clear()
    making.released("event", at=liege, topics=("culture",))
    later()
    assert addresses(server) == ["all@example.org", "culture@example.org", "events@example.org"]
    server.taken.clear()
    making.released("alert", at=liege)
    assert deliver() == 4, "an alert does not wait"


def test_who_subscribes_to_two_communities_gets_what_both_show_once(liege: Community, server: MailServer) -> None:
    water = making.community("water", kind="public_service")
    for community in (liege, water):
        reader(community, "anne@example.org")
    item = making.draft(at=water)
    answering.settle(liege, water, "always", by=SYSTEM)
    placing.offer(item, [liege], by=SYSTEM)
    releasing.release(item, by=SYSTEM, expected=item.edition)
    later()
    assert addresses(server) == ["anne@example.org"]


def test_what_was_taken_back_or_withdrawn_is_not_sent(liege: Community, server: MailServer) -> None:
    reader(liege)
    undone = making.released(at=liege)
    undoing.undo(releasing.last_release(undone), by=SYSTEM)
    withdrawn = making.released(at=liege)
    releases.dispatch_releases()
    while dispatching.expand() > 0:
        pass
    releasing.withdraw(withdrawn, by=SYSTEM)
    later()
    assert not server.taken
    assert numbers(withdrawn) in (Counter(), Counter(expired=1))


def test_an_alert_is_followed_by_its_update_and_its_end(liege: Community, server: MailServer) -> None:
    reader(liege)
    item = making.released("alert", at=liege, title="Crue")
    deliver()
    drafting.save(item, making.content("alert", title="Crue : évacuez"), by=SYSTEM, expected=item.edition)
    item.refresh_from_db()
    releasing.release(item, by=SYSTEM, expected=item.edition)
    deliver()
    releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)
    deliver()
    headings = [str(message["Subject"]) for _to, message in server.taken]
    assert headings == [
        "Alerte\xa0: Crue",
        "Alerte, mise à jour\xa0: Crue : évacuez",
        "Terminé\xa0: Crue : évacuez",
    ]


def test_who_left_is_restricted_or_cannot_be_reached_gets_none_and_the_ledger_says_so(
    liege: Community, server: MailServer
) -> None:
    left, restricted, unknown, well = (reader(liege) for _ in range(4))
    item = making.released(at=liege)
    releases.dispatch_releases()
    while dispatching.expand() > 0:
        pass
    leaving.unsubscribe(left)
    restrictions.restrict(restricted.subject, Restriction.Ground.ACCURACY, by=making.person(role="administrator").actor)
    server.answers["RCPT"] = lambda line: "550 5.1.1 No such user" if unknown.email in line else ""
    later()
    assert addresses(server) == [well.email]
    assert numbers(item) == Counter(gone=1, refused=1, failed=1, sent=1)


def test_what_fails_for_now_is_tried_again_and_then_given_up(liege: Community, server: MailServer) -> None:
    reader(liege)
    item = making.released(at=liege)
    server.answers["RCPT"] = lambda _line: "450 4.2.1 Later"
    later()
    assert numbers(item) == Counter(waiting=1)
    server.answers.clear()
    later(timedelta(minutes=10))
    assert numbers(item) == Counter(sent=1)
    # The same at every try, and whoever sends it: one that arrives twice is known for one.
    assert server.taken[0][1]["Message-ID"].startswith(f"<{Delivery.stored.get().pk}@")
    other = making.released(at=liege)
    server.answers["RCPT"] = lambda _line: "450 4.2.1 Later"
    later()
    Delivery.stored.filter(dispatch__release__item=other).update(tries=11, due_at=clock.now())
    later()
    assert numbers(other) == Counter(given_up=1)


def test_while_the_server_does_not_answer_no_try_counts(liege: Community, settings: Settings) -> None:
    reader(liege)
    making.released(at=liege)
    settings.PERRON_MAIL = Server("127.0.0.1", 1, "none")
    later()
    row = Delivery.stored.get()
    assert (row.state, row.tries) == (State.WAITING, 0)


def test_an_alert_overtakes_what_is_on_its_way(liege: Community, server: MailServer) -> None:
    for _ in range(30):
        reader(liege)
    making.released(at=liege, title="Longue liste")
    releases.dispatch_releases()
    with clock.travel(clock.now() + SOON):
        dispatching.expand(shard=10)
        assert sending.send_due(Mail(), limit=5) == 5
        making.released("alert", at=liege, title="Crue")
        deliver()
    headings = [str(message["Subject"]) for _to, message in server.taken]
    # What was expanded before the alert may go between its shards, a handful at a time.
    assert headings.index("Alerte\xa0: Crue") <= 5 + 10
    assert headings.count("Alerte\xa0: Crue") == headings.count("Longue liste") == 30


def test_it_goes_on_where_it_was_killed(liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(45):
        reader(liege)
    making.released(at=liege)
    releases.dispatch_releases()
    dispatching.expand(shard=20)
    first = Dispatch.objects.get().cursor
    dispatching.expand(shard=20)
    assert Dispatch.objects.get().cursor != first
    assert Delivery.stored.count() == 40
    # A worker took a batch and died: its lease runs out.
    with clock.travel(clock.now() + SOON):
        assert len(leasing.Queue(Channel.EMAIL).lease(20, timedelta(minutes=10))) == 20
        deliver()
        assert len(server.taken) == 25
    later(timedelta(minutes=11))
    assert Counter(addresses(server)).most_common(1)[0][1] == 1
    assert len(server.taken) == 45


def test_what_an_import_dates_back_is_no_news(liege: Community, server: MailServer) -> None:
    reader(liege)
    item = making.draft(at=liege)
    item.published_at = clock.now() - timedelta(days=3)
    item.save(update_fields=["published_at"])
    releasing.release(item, by=SYSTEM, expected=item.edition)
    later()
    assert not server.taken


def test_the_count_stays_when_the_rows_have_had_their_time(liege: Community, server: MailServer) -> None:
    reader(liege)
    item = making.released(at=liege)
    later()
    expire(as_of=clock.now() + timedelta(days=120))
    assert not Delivery.stored.exists()
    assert numbers(item) == Counter(sent=1)


def test_a_server_that_is_slower_than_the_lease_gets_each_message_once(liege: Community, server: MailServer) -> None:
    for _ in range(5):
        reader(liege)
    making.released("alert", at=liege)
    releases.dispatch_releases()
    dispatching.expand()
    # Nothing fits into a lease of no time: what was not begun is put back, and no try counts.
    assert sending.send_due(Mail(), limit=5, lease=timedelta(0)) == 1
    assert Counter(Delivery.stored.values_list("state", "tries")) == {("sent", 1): 1, ("waiting", 0): 4}
    deliver()
    assert len(addresses(server)) == len(set(addresses(server))) == 5


def test_with_nothing_to_do_it_asks_few_questions(liege: Community) -> None:
    deliver()
    with CaptureQueriesContext(connection) as asked:
        deliver()
    assert len(asked) == 2 + len(SENDERS)


def test_two_messages_of_one_moment_reach_one_reader(liege: Community, server: MailServer) -> None:
    reader(liege, "anne@example.org")
    items = [making.released(at=liege, title=f"Nouvelle {number}") for number in range(3)]
    later()
    assert addresses(server) == ["anne@example.org"] * 3
    assert [numbers(item) for item in items] == [Counter(sent=1)] * 3


def test_a_message_that_breaks_the_program_stops_none_behind_it(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader(liege, "anne@example.org")
    reader(liege, "bart@example.org", language="nl")
    item = making.released(at=liege)

    def breaks(dispatch: Dispatch, language: str) -> tuple[Letter, str]:
        if language == "fr":
            raise ZeroDivisionError
        return written(dispatch, language)

    monkeypatch.setattr(writing, "written", breaks)
    later()
    assert addresses(server) == ["bart@example.org"]
    assert numbers(item) == Counter(waiting=1, sent=1)
    assert Delivery.stored.get(state=State.WAITING).failure == "ZeroDivisionError"
