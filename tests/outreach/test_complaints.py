"""Who calls a message junk: the operator's news ends by an objection, a commune's by unsubscribing; neither by the
other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from perron.audience.models import Subscription
from perron.channels.email.returns import Returns
from perron.communities.models import Platform
from perron.delivery import dispatching
from perron.delivery.models import Delivery
from perron.delivery.returning import take_back
from perron.delivery.working import deliver
from perron.letters import bounces
from perron.letters.models import Letter
from perron.outreach.models import NewsReader
from perron.outreach.newsletter import leaving
from perron.outreach.newsletter.audience import basis_named, count
from perron.privacy import objections
from perron.privacy.declaring import Activity
from perron.privacy.models import AuditEntry
from perron.privacy.wishes import Objection, Stop
from tests import making
from tests.channels.mail_server import MailServer
from tests.channels.returned import complaint, not_delivered
from tests.channels.test_reports import maildir
from tests.delivery.town import reader
from tests.outreach.readers import basis, campaign, client_of, sent, stranger

pytestmark = pytest.mark.django_db

ANNE = "anne@example.org"
E = Activity.PROMOTION


class Mailbox:
    """What comes back, put where the worker looks for it."""

    def __init__(self, folder: Path, server: MailServer, settings: Settings) -> None:
        self._folder, self._server, self._settings = folder, server, settings
        settings.PERRON_BOUNCES = Returns("bounces@example.org", "maildir", str(folder))

    def takes(self, report: bytes) -> int:
        """Return how many reports were acted upon, of this one."""
        found = maildir(self._folder, report)
        self._settings.PERRON_BOUNCES = Returns("bounces@example.org", "maildir", found.folder)
        return take_back()

    def last(self) -> tuple[str, str]:
        """Return the address that the last message comes back to, and its number."""
        paths = [line for line in self._server.lines if line.upper().startswith("MAIL FROM")]
        number = str(self._server.messages()[-1]["Message-ID"]).strip("<>").partition("@")[0]
        return paths[-1].partition("<")[2].partition(">")[0], number

    def addresses(self) -> list[str]:
        """Return to whom what came since the last time went."""
        found = [to for to, _message in self._server.taken]
        self._server.taken.clear()
        return found


@pytest.fixture
def mailbox(tmp_path: Path, server: MailServer, settings: Settings) -> Mailbox:
    return Mailbox(tmp_path, server, settings)


def by_consent(front: Platform) -> bool:
    stranger(ANNE)
    return True


def as_user(front: Platform) -> bool:
    making.person(ANNE)
    return False


def as_client(front: Platform) -> bool:
    client_of(front.partner, ANNE)
    return False


@pytest.mark.parametrize("known", [by_consent, as_user, as_client], ids=lambda known: known.__name__)
def test_a_complaint_about_the_news_is_an_objection_and_ends_nothing_of_a_commune(
    front: Platform, mailbox: Mailbox, known: Callable[[Platform], bool]
) -> None:
    consent = known(front)
    liege = front.communities.get()
    reader(liege, ANNE)
    Letter.objects.all().delete()
    sent(campaign(consent=consent))
    deliver()
    path, number = mailbox.last()
    assert mailbox.addresses() == [ANNE]
    # What is on its way already does not reach her either.
    sent(campaign(consent=consent))
    dispatching.expand()
    assert mailbox.takes(complaint(path, number)) == 1
    whose = Delivery.stored.get(pk=number).subject
    objection = Objection.objects.get()
    assert (objection.subject_kind, objection.subject_id) == (whose.kind, whose.id)
    assert (objection.activity, objection.state, objection.closed_at) == (E, Objection.State.UPHELD, None)
    audit = AuditEntry.objects.get(verb="object")
    assert (audit.actor_id, audit.detail["activity"]) == (whose.id, E)
    assert Stop.objects.filter(activity=E).count() == 1, "remembered, whatever is erased"
    assert objections.has_objected(ANNE, E)
    assert deliver() == 0
    assert mailbox.addresses() == []
    leaving.let_go()
    assert not NewsReader.stored.exists()
    assert count(basis_named(basis(consent=consent))) == 0
    assert not Letter.objects.exists(), "who called us junk gets no letter about it"
    assert mailbox.takes(complaint(path, number)) == 1
    assert Objection.objects.count() == 1, "twice is as good as once"
    # Of the commune, nothing has changed.
    assert not bounces.suppressed_among([ANNE])
    making.released("alert", at=liege)
    assert deliver() == 1
    assert mailbox.addresses() == [ANNE]


def test_a_complaint_about_a_commune_ends_that_and_not_the_news(front: Platform, mailbox: Mailbox) -> None:
    stranger(ANNE)
    liege = front.communities.get()
    namur = making.community("namur")
    for community in (liege, namur):
        reader(community, ANNE)
    making.released("alert", at=liege)
    deliver()
    assert mailbox.takes(complaint(*mailbox.last())) == 1
    assert [row.community for row in Subscription.stored.all()] == [namur]
    assert not Objection.objects.exists()
    mailbox.addresses()
    sent(campaign())
    assert deliver() == 1
    assert mailbox.addresses() == [ANNE]


def test_what_cannot_be_delivered_is_no_objection_and_spares_the_address_both(
    front: Platform, mailbox: Mailbox
) -> None:
    stranger(ANNE)
    reader(front.communities.get(), ANNE)
    sent(campaign())
    deliver()
    assert mailbox.takes(not_delivered(*mailbox.last())) == 1
    assert not Objection.objects.exists()
    assert bounces.suppressed_among([ANNE]) == {ANNE}
    mailbox.addresses()
    sent(campaign())
    making.released("alert", at=front.communities.get())
    assert deliver() == 0
    assert mailbox.addresses() == []
    assert Subscription.stored.exists(), "it may work again"


def test_who_asks_again_after_a_complaint_gets_the_news_again(front: Platform, mailbox: Mailbox) -> None:
    stranger(ANNE)
    sent(campaign())
    deliver()
    report = complaint(*mailbox.last())
    assert mailbox.takes(report) == 1
    stranger(ANNE)
    assert mailbox.takes(report) == 1, "some tell it twice; she has agreed since"
    mailbox.addresses()
    sent(campaign())
    assert deliver() == 1
    assert mailbox.addresses() == [ANNE]
