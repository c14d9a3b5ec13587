"""A clock that is set forward or back while messages wait, are taken, or are being sent: none is lost, one worker sends
none twice, and nobody waits until a clock that was wrong has become right."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from perron.channels.email.smtp import SmtpTransport
from perron.channels.web_push.identifying import authorization
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.bringing_forward import ahead, bring_forward
from perron.delivery.carriers import webhook as by_webhook
from perron.delivery.carriers.mail import Mail
from perron.delivery.digests.rounds import begin_round
from perron.delivery.dispatching import expand
from perron.delivery.leasing import Queue
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.releases import dispatch_releases
from perron.delivery.sending import LEASE
from perron.delivery.working import deliver, dispatch
from perron.letters.bringing_forward import bring_forward as bring_letters_forward
from perron.letters.models import Letter
from perron.letters.posting import post_due
from tests import making
from tests.channels.hook_server import HookServer
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader, webhook
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db

# A Wednesday, ten in the morning in Belgium.
WEDNESDAY = datetime(2026, 11, 25, 9, tzinfo=UTC)
SOON = timedelta(seconds=20)
BACK, FORWARD, FAR = timedelta(hours=-2), timedelta(hours=2), timedelta(days=3)
State = Delivery.State


@pytest.fixture(autouse=True)
def _wednesday() -> Iterator[None]:
    with clock.travel(WEDNESDAY):
        yield


def jump(by: timedelta) -> None:
    """Set the clock, until the test ends."""
    clock._travelled.set(clock.now() + by)


def waiting(community: Community, kind: str = "news", readers: int = 3) -> None:
    """Have a release wait for its readers, all of it expanded."""
    for one in range(readers):
        reader(community, f"reader{one}@example.org")
    making.released(kind, at=community)
    jump(SOON)
    dispatch()


def addresses(server: MailServer) -> list[str]:
    return sorted(to for to, _message in server.taken)


def readers(number: int = 3) -> list[str]:
    return [f"reader{one}@example.org" for one in range(number)]


@pytest.mark.parametrize("by", [FORWARD, BACK])
def test_each_mail_of_a_batch_leaves_once_when_the_clock_is_set_while_it_leaves(
    liege: Community, server: MailServer, monkeypatch: pytest.MonkeyPatch, by: timedelta
) -> None:
    waiting(liege, "alert")
    deliver_one = SmtpTransport.deliver

    def delivered(self: SmtpTransport, mail: Any) -> None:
        deliver_one(self, mail)
        if len(server.taken) == 1:
            jump(by)

    monkeypatch.setattr(SmtpTransport, "deliver", delivered)
    deliver()
    assert addresses(server) == readers()
    assert set(Delivery.stored.values_list("state", "tries")) == {(State.SENT, 1)}


def test_a_call_for_which_the_clearance_ran_out_is_no_failure_of_the_server(
    liege: Community, receiver: HookServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, _secret = webhook(liege, receiver)
    making.released(at=liege)
    jump(SOON)

    def set_forward(_address: str) -> bool:
        jump(FORWARD)
        return False

    monkeypatch.setattr(by_webhook, "leads_here", set_forward)
    deliver()
    made.refresh_from_db()
    assert (receiver.got, made.failure, Delivery.stored.get().tries) == ([], "", 0)
    monkeypatch.undo()
    jump(timedelta(minutes=2))
    assert deliver() == 1


@pytest.mark.parametrize("by", [FORWARD, timedelta(hours=40)])
def test_what_a_worker_took_before_it_died_is_free_after_a_jump_forward(
    liege: Community, server: MailServer, by: timedelta
) -> None:
    waiting(liege)
    assert len(Queue(Mail.channel).lease(20, LEASE)) == 3
    assert deliver() == 0
    jump(by)
    assert deliver() == 3
    assert addresses(server) == readers()


def test_a_jump_of_days_ends_what_is_no_news_any_more_instead_of_sending_it(
    liege: Community, server: MailServer
) -> None:
    waiting(liege)
    jump(FAR)
    for _ in range(2):
        deliver()
    assert server.taken == []
    assert Dispatch.objects.get().tally == {"expired": 3}
    jump(-FAR)
    making.released(at=liege, title="Suite")
    jump(SOON)
    assert deliver() == 3, "what is released with the right clock again arrives"


@pytest.mark.parametrize("kind", ["alert", "news"])
def test_what_waits_does_not_wait_for_a_clock_that_was_set_back(
    liege: Community, server: MailServer, kind: str
) -> None:
    waiting(liege, kind)
    jump(BACK)
    assert deliver() == 0
    assert bring_forward() == 1
    assert bring_forward() == 0
    assert deliver() == 3
    assert addresses(server) == readers()


def test_nor_does_what_was_released_and_not_yet_found(liege: Community, server: MailServer) -> None:
    reader(liege, "reader0@example.org")
    making.released("alert", at=liege)
    jump(BACK)
    dispatch_releases()
    expand()
    bring_forward()
    assert deliver() == 1


def test_what_a_worker_has_taken_stays_its_own_when_the_clock_is_set_back_and_is_free_when_its_lease_ends(
    liege: Community, server: MailServer
) -> None:
    waiting(liege, "alert")
    taken_until = clock.now() + LEASE
    Queue(Mail.channel).lease(2, LEASE)
    jump(BACK)
    bring_forward()
    assert deliver() == 1, "that which nobody had taken"
    still = taken_until + BACK - clock.now()
    jump(still - timedelta(seconds=1))
    assert deliver() == 0
    jump(timedelta(minutes=2))
    assert deliver() == 2
    assert addresses(server) == readers()


def test_what_goes_by_the_hour_waits_for_its_hour(liege: Community) -> None:
    Dispatch.objects.create(
        source="campaign", about=liege.pk, priority=30, not_before=clock.now() + FORWARD,
        expires_at=clock.now() + FAR, expanded_at=clock.now(),
    )  # fmt: skip
    assert not ahead().exists()


def test_a_letter_does_not_wait_for_a_clock_that_was_set_back(server: MailServer) -> None:
    context = {"day": "2026-12-01", "changes": "Rien.", "link": "https://app.example.org/fr/policy/"}
    letter("policy-changes", to="anne@example.org", context=context)
    letter("policy-changes", to="bart@example.org", context=context)
    taken = Letter.objects.get(to="bart@example.org")
    Letter.objects.filter(pk=taken.pk).update(due_at=clock.now() + timedelta(minutes=5))
    jump(BACK)
    assert post_due() == 0
    assert bring_letters_forward() == 2
    assert bring_letters_forward() == 0
    assert post_due() == 1
    jump(timedelta(minutes=6))
    assert post_due() == 1
    assert addresses(server) == ["anne@example.org", "bart@example.org"]


@pytest.mark.parametrize("rhythm", ["daily", "weekly"])
def test_a_digest_that_was_made_by_a_clock_that_was_days_ahead_hides_nothing_from_those_that_follow(
    liege: Community, server: MailServer, rhythm: str
) -> None:
    since = clock.now() - timedelta(days=30)
    reader(liege, "anne@example.org", rhythm=rhythm, since=since, collected_since=clock.now())
    # A week ahead on a Monday, and back.
    jump(timedelta(days=12, hours=-2, minutes=-55))
    begin_round()
    deliver()
    jump(timedelta(days=-12, hours=4))
    making.released(at=liege, title="Mercredi")
    mornings = {"daily": 1, "weekly": 5}[rhythm]
    for morning in range(1, mornings + 1):
        clock._travelled.set(datetime(2026, 11, 25 + morning, 6, 5, tzinfo=UTC))
        begin_round()
        assert deliver() == (morning == mornings)
    assert "Mercredi" in str(server.taken[0][1]["Subject"])


@pytest.mark.once
@pytest.mark.parametrize("by", [BACK, FORWARD, FAR, -FAR])
def test_push_services_are_shown_a_token_of_the_hour_that_it_is(by: timedelta) -> None:
    authorization("https://push.example.net")
    jump(by)
    token = authorization("https://push.example.net").removeprefix("vapid t=").split(".")[1]
    left = json.loads(urlsafe_b64decode(token + "==="))["exp"] - clock.now().timestamp()
    assert 6 * 3600 <= left <= 12 * 3600
