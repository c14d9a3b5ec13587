"""Mail that comes back: believed only where it is ours, and then for one reader."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from perron.audience import keys, subscribing
from perron.audience.choices import Choice
from perron.audience.models import Recipient, Subscription
from perron.channels.email.returns import Returns
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.models import Delivery
from perron.delivery.returning import take, take_back
from perron.delivery.working import deliver
from perron.letters import bounces
from perron.letters.models import Bounce, Letter
from perron.letters.posting import post_due
from perron.privacy.models import Addressee, AuditEntry
from perron.privacy.retaining import expire
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.channels.mail_server import MailServer
from tests.channels.returned import complaint, holiday, not_delivered
from tests.channels.test_reports import maildir
from tests.delivery.town import reader
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mailbox(settings: Settings) -> None:
    settings.PERRON_BOUNCES = Returns("bounces@example.org", "maildir", "/nowhere")


def send(liege: Community) -> None:
    making.released("alert", at=liege)
    deliver()


def sent_to(recipient: Recipient, server: MailServer) -> tuple[str, UUID]:
    """Return the address that the last mail to somebody comes back to, and its number."""
    number = Delivery.stored.filter(recipient_id=recipient.pk).order_by("-pk")[0].pk
    place = [address for address, _message in server.taken].index(recipient.email)
    lines = [line for line in server.lines if line.upper().startswith("MAIL FROM")]
    return lines[place].partition("<")[2].partition(">")[0], number


def is_suppressed(recipient: Recipient) -> bool:
    return bool(bounces.suppressed_among([recipient.email]))


def test_each_reader_has_a_return_path_of_their_own(liege: Community, server: MailServer) -> None:
    anne, bart = reader(liege, "anne@example.org"), reader(liege, "bart@example.org")
    send(liege)
    paths = {sent_to(anne, server)[0], sent_to(bart, server)[0]}
    assert len(paths) == 2
    assert all(path.startswith("bounces+") and path.endswith("@example.org") for path in paths)
    assert all(len(path.partition("@")[0]) <= 64 for path in paths)
    assert not any("anne" in path or "bart" in path for path in paths)


def test_an_address_that_does_not_exist_gets_no_more_and_its_neighbours_do(
    liege: Community, server: MailServer
) -> None:
    anne, bart = reader(liege, "anne@example.org"), reader(liege, "bart@example.org")
    send(liege)
    assert take(not_delivered(*sent_to(anne, server)))
    assert is_suppressed(anne)
    assert not is_suppressed(bart)
    server.taken.clear()
    send(liege)
    assert [address for address, _message in server.taken] == ["bart@example.org"]
    assert Delivery.stored.get(state="failed").failure == "suppressed"
    assert AuditEntry.objects.filter(verb="suppress address").count() == 1
    # A letter is tried in any case.
    letter("subscription-confirm", to=anne.email, subject=anne.subject, context={"link": "x", "community": "Liège"})
    assert post_due() == 1


def test_servers_that_change_capitals_are_understood(liege: Community, server: MailServer) -> None:
    anne = reader(liege)
    send(liege)
    path, number = sent_to(anne, server)
    assert take(not_delivered(path.upper(), number))
    assert is_suppressed(anne)


@pytest.mark.parametrize("how", ["altered", "invented", "without", "two", "old", "another installation", "holiday"])
def test_a_forged_report_touches_nobody(liege: Community, server: MailServer, settings: Settings, how: str) -> None:
    anne, bart = reader(liege, "anne@example.org"), reader(liege, "bart@example.org")
    send(liege)
    path, number = sent_to(anne, server)
    token = path.partition("+")[2].partition("@")[0]
    altered = token[:3] + ("a" if token[3] != "a" else "b") + token[4:]
    report = {
        # Somebody who knows Anne's number, or ours, puts it into the address that they got themselves.
        "altered": not_delivered(path.replace(token, altered), number),
        "invented": not_delivered(f"bounces+{'a' * 47}@example.org", number),
        "without": not_delivered("bounces@example.org", number),
        "two": not_delivered(path, number) + f"\r\nX: {sent_to(bart, server)[0]}\r\n".encode(),
        "old": not_delivered(path, number),
        "another installation": not_delivered(path, number),
        "holiday": holiday(path),
    }[how]
    if how == "another installation":
        settings.SECRET_KEY = "another"
    with clock.travel(clock.now() + timedelta(days=91 if how == "old" else 0)):
        assert not take(report)
        assert not take(report.replace(b"delivery-status", b"feedback-report"))
    assert not Bounce.stored.exists()
    assert Recipient.stored.count() == 2


def test_ones_own_return_path_reaches_nobody_else(liege: Community, server: MailServer) -> None:
    """Bart puts the number of Anne's message, and her address, into a report about his own."""
    anne, bart = reader(liege, "anne@example.org"), reader(liege, "bart@example.org")
    send(liege)
    own, number = sent_to(bart, server)[0], sent_to(anne, server)[1]
    assert take(not_delivered(own, number))
    assert not is_suppressed(anne)
    assert not take(complaint(own, number))
    assert Subscription.stored.filter(recipient=anne).exists()


@pytest.mark.parametrize(
    ("status", "days"),
    [("5.1.1", 1), ("5.1.10", 1), ("5.2.1", 1), ("5.2.2", 3), ("5.7.1", 3), ("5.1.8", 3), ("4.4.7", 0)],
)
def test_what_may_end_by_itself_is_noted_first(status: str, days: int) -> None:
    subject = of_address("anne@example.org")
    for day in range(1, 5):
        with clock.travel(clock.now() + timedelta(days=day)):
            bounces.note(subject, status)
            bounces.note(subject, status)
        assert bool(bounces.suppressed_among(["Anne@example.org"])) == bool(days and day >= days), day
    assert Bounce.stored.get().status == status


def test_a_complaint_ends_what_it_is_about_and_nothing_else(liege: Community, server: MailServer) -> None:
    anne, bart = reader(liege, "anne@example.org"), reader(liege, "bart@example.org")
    elsewhere = making.community("herstal")
    reader(elsewhere, "anne@example.org")
    send(liege)
    assert take(complaint(*sent_to(anne, server)))
    assert [row.community for row in Subscription.stored.filter(recipient=anne)] == [elsewhere]
    assert Subscription.stored.filter(recipient=bart).exists()
    assert not Letter.objects.exists(), "who called us junk gets no letter about it"
    assert not is_suppressed(anne)
    assert take(complaint(*sent_to(anne, server))), "twice is as good as once"
    assert not take(complaint(sent_to(anne, server)[0], uuid4())), "what we do not know is for a person to read"


def test_a_letter_that_comes_back_is_one_to_its_address(server: MailServer) -> None:
    anne = making.person("anne@example.org")
    written = letter("password-reset", to=anne.email, subject=of_person(anne.pk), context={"link": "x"})
    assert post_due() == 1
    path = (
        next(line for line in server.lines if line.lower().startswith("mail from")).partition("<")[2].partition(">")[0]
    )
    assert take(not_delivered(path, written.pk))
    assert bounces.suppressed_among(["anne@example.org"])


def test_its_owner_sees_it_and_has_it_sent_again(liege: Community) -> None:
    anne = reader(liege)
    bounces.note(anne.subject, "5.1.1")
    page = f"/fr/subscription/{keys.key_of(anne.pk)}/"
    assert "send_again" in Client().get(page).content.decode()
    Client().post(page, {"send_again": "1"})
    assert not is_suppressed(anne)
    assert AuditEntry.objects.get(verb="lift suppression").actor_id == anne.subject_id
    assert "send_again" not in Client().get(page).content.decode()


def test_who_confirms_the_address_anew_shows_that_it_works(liege: Community, monkeypatch: pytest.MonkeyPatch) -> None:
    anne = reader(liege, "anne@example.org")
    bounces.note(anne.subject, "5.1.1")
    monkeypatch.setattr(subscribing, "takes_subscriptions", lambda _community: True)
    subscribing.ask("anne@example.org", liege, Choice(), language="fr", page="https://example.org/")
    subscribing.confirm(Letter.objects.get().context["link"].partition("token=")[2].replace("%3A", ":"))
    assert not is_suppressed(anne)


def test_it_is_tried_again_when_the_policy_lets_it_go() -> None:
    bounces.note(of_address("anne@example.org"), "5.1.1")
    expire(as_of=clock.now() + timedelta(days=80))
    assert Bounce.stored.exists()
    expire(as_of=clock.now() + timedelta(days=100))
    assert not Bounce.stored.exists()


def test_the_worker_reads_the_mailbox(liege: Community, server: MailServer, settings: Settings, tmp_path: Path) -> None:
    anne = reader(liege)
    send(liege)
    found = maildir(tmp_path, not_delivered(*sent_to(anne, server)), holiday("bounces@example.org"))
    settings.PERRON_BOUNCES = Returns("bounces@example.org", "maildir", found.folder)
    assert take_back() == 1
    assert is_suppressed(anne)


def test_a_mailbox_that_cannot_be_read_is_said_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    assert take_back() == 0
    assert "Look at PERRON_BOUNCES" in caplog.text


def test_a_server_that_knows_at_once_that_there_is_no_such_mailbox(liege: Community, server: MailServer) -> None:
    anne, bart = reader(liege, "anne@example.org"), reader(liege, "bart@example.org")
    server.answers["RCPT"] = lambda line: "550 5.1.1 No" if anne.email in line else "554 5.7.1 Not from you"
    send(liege)
    assert is_suppressed(anne)
    assert not is_suppressed(bart), "that is about us, and no address"


def test_a_domain_that_asks_for_less_holds_up_no_other_and_no_try_counts(liege: Community, server: MailServer) -> None:
    slow = [reader(liege, f"reader{number}@slow.example") for number in range(5)]
    others = [reader(liege) for _ in range(5)]
    server.answers["RCPT"] = lambda line: "451 4.7.1 Slow down" if "slow.example" in line else ""
    send(liege)
    assert sorted(address for address, _message in server.taken) == sorted(each.email for each in others)
    assert sum("@slow.example" in line for line in server.lines) == 1, "the others of the domain were not tried"
    rows = Delivery.stored.filter(recipient_id__in=[each.pk for each in slow])
    assert sorted(rows.values_list("state", "tries")) == [*[("waiting", 0)] * 4, ("waiting", 1)]
    server.answers.clear()
    with clock.travel(clock.now() + timedelta(minutes=20)):
        deliver()
    assert len(server.taken) == 6, "one goes and takes the place of the moment"


def test_a_domain_that_breaks_off_holds_up_no_other(liege: Community, server: MailServer) -> None:
    for number in range(3):
        reader(liege, f"reader{number}@dead.example")
    anne = reader(liege, "anne@example.org")
    server.answers["RCPT"] = lambda line: "CLOSE" if "dead.example" in line else ""
    send(liege)
    assert [address for address, _message in server.taken] == [anne.email]
    assert sum("@dead.example" in line for line in server.lines) == 1


def test_of_an_address_that_was_erased_nothing_is_noted(liege: Community, server: MailServer) -> None:
    anne = reader(liege)
    send(liege)
    report = not_delivered(*sent_to(anne, server))
    Addressee.objects.filter(pk=anne.subject_id).delete()
    assert take(report)
    assert not Bounce.stored.exists()
