from datetime import timedelta

import pytest

from perron.core.clock import now, travel
from perron.letters import posting
from perron.letters.models import Letter
from perron.letters.posting import LEASE, post_due
from perron.letters.trying_again import try_again
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from tests.channels.mail_server import MailServer
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db


def test_what_is_due_leaves_and_what_it_said_is_forgotten(server: MailServer) -> None:
    letter(to="anne@example.org", context={"name": "Anne"})
    letter(to="bert@example.org", context={"name": "Bert"}, language="fr")
    assert post_due() == 2
    assert [recipient for recipient, _message in server.taken] == ["anne@example.org", "bert@example.org"]
    assert server.messages()[1]["Subject"] == "Hello, Bert"
    for row in Letter.objects.all():
        assert row.was_sent
        assert row.ended_at
        assert row.context == {}
    assert post_due() == 0


def test_many_letters_share_a_connection(server: MailServer) -> None:
    for number in range(5):
        letter(to=f"reader{number}@example.org")
    assert post_due() == 5
    assert server.connections == 1


def test_a_connection_that_the_server_closes_is_opened_again(server: MailServer) -> None:
    server.answers["DATA."] = lambda _: "250 CLOSE" if not server.messages() else ""
    letter(to="anne@example.org")
    letter(to="bert@example.org")
    assert post_due() == 1
    # Of the first it is not known whether it was taken: it comes again, and is known for the same.
    with travel(now() + timedelta(minutes=2)):
        assert post_due() == 1
    identifiers = [message["Message-ID"] for message in server.messages()]
    assert len(identifiers) == 3
    assert len(set(identifiers)) == 2


@pytest.mark.parametrize("verb", ["RCPT", "DATA."])
def test_a_lasting_refusal_ends_it_at_once_and_the_others_still_leave(server: MailServer, verb: str) -> None:
    server.answers[verb] = lambda said: "550 5.1.1 no anne@example.org here" if "anne" in said else ""
    first = letter(to="anne@example.org")
    letter(to="bert@example.org")
    assert post_due() == 1
    first.refresh_from_db()
    assert (first.was_sent, first.failure) == (False, "550 5.1.1")
    assert list(Letter.objects.given_up()) == [first]
    assert first.context
    assert AuditEntry.objects.get(verb="give up letter").detail == {"kind": "hello", "reason": "550 5.1.1"}


@pytest.mark.parametrize(
    ("verb", "answer"),
    [("MAIL", "451 4.3.0 later"), ("MAIL", "550 who are you"), ("MAIL", "CLOSE"), ("RCPT", "451 4.2.2 full"),
     ("RCPT", "CLOSE"), ("DATA", "451 later"), ("DATA", "CLOSE"), ("DATA.", "452 4.3.1 no room")],
)  # fmt: skip
def test_a_passing_refusal_is_tried_again_ever_more_rarely(server: MailServer, verb: str, answer: str) -> None:
    server.answers[verb] = lambda _: answer
    written = letter()
    begun = now()
    waits = []
    for _try in range(12):
        row = Letter.objects.get()
        with travel(max(row.due_at, begun)):
            assert post_due() == 0
            waits.append(Letter.objects.get().due_at - max(row.due_at, begun))
    assert timedelta(seconds=30) <= waits[0] <= timedelta(minutes=1)
    assert timedelta(hours=3) <= waits[-1] <= timedelta(hours=6)
    assert Letter.objects.get().tries == 12
    del server.answers[verb]
    with travel(Letter.objects.get().due_at):
        assert post_due() == 1
    assert server.messages()[0]["Message-ID"] == written.message_id


def test_it_is_given_up_after_five_days_and_can_be_tried_again(server: MailServer) -> None:
    server.answers["RCPT"] = lambda _: "451 later"
    letter()
    with travel(now() + timedelta(days=6)):
        post_due()
        row = Letter.objects.given_up().get()
        del server.answers["RCPT"]
        try_again(row, by=SYSTEM)
        assert post_due() == 1


def test_while_the_server_does_not_answer_no_try_counts_and_it_is_left_alone(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    server.answers["EHLO"] = lambda _: "CLOSE"
    server.answers["HELO"] = lambda _: "CLOSE"
    for number in range(3):
        letter(to=f"reader{number}@example.org")
    assert post_due() == 0
    assert server.connections == 1
    assert {(row.tries, row.ended_at) for row in Letter.objects.all()} == {(0, None)}
    assert "PERRON_MAIL" in caplog.text
    assert "example.org" not in caplog.text
    assert post_due() == 0
    assert server.connections == 1
    server.answers.clear()
    posting._closed.until = 0
    assert post_due() == 3


def test_two_workers_do_not_send_the_same(server: MailServer) -> None:
    letter()
    seen_by_both = list(Letter.objects.due())
    assert posting._lease(seen_by_both[0], LEASE)
    assert not posting._lease(seen_by_both[0], LEASE)
    assert post_due() == 0
    # The first worker was killed: its lease ends, and another sends the letter.
    with travel(now() + LEASE + timedelta(seconds=1)):
        assert post_due() == 1


def test_a_letter_that_cannot_be_made_does_not_stop_those_behind_it(
    server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    broken = letter(context={"not": "name"})
    letter(to="bert@example.org")
    assert post_due() == 1
    broken.refresh_from_db()
    assert broken.failure == "KeyError"
    assert broken.ended_at is None
    assert "anne" not in caplog.text


def test_an_idle_look_is_one_query(django_assert_num_queries: object) -> None:
    assert callable(django_assert_num_queries)
    with django_assert_num_queries(1):
        post_due()
