"""One press in a mail program ends what the message was about, and nothing else."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.test import Client

from perron.audience.models import Recipient, Subscription
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.working import deliver
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.sharing import answering, placing
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def herstal() -> Community:
    return making.community("herstal", names={"fr": "Herstal"})


def left() -> list[str]:
    return sorted(Subscription.stored.values_list("community__slug", flat=True))


def pressed(message: EmailMessage) -> str:
    """Do as a mail program does (RFC 8058 §3.1), and return the page that it is answered with."""
    address = re.sub(r"^<https?://[^/]+|>$", "", str(message["List-Unsubscribe"]))
    answer = Client(enforce_csrf_checks=True).post(address, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_other_communities_go_on_and_the_last_press_ends_all(
    liege: Community, herstal: Community, server: MailServer
) -> None:
    for community in (liege, herstal):
        reader(community, "anne@example.org")
    making.released("alert", at=liege)
    deliver()
    (message,) = [message for _to, message in server.taken]
    page = pressed(message)
    assert left() == ["herstal"]
    assert "Voir ce que vous recevez encore" in page
    assert Letter.objects.get().context["communities"] == ["Ville de Liège"]
    pressed(message)
    assert left() == ["herstal"], "twice is as good as once"
    making.released("alert", at=herstal)
    deliver()
    assert "Voir ce que vous recevez encore" not in pressed(server.taken[-1][1])
    assert not Recipient.stored.exists()


def test_what_a_community_took_over_ends_what_comes_from_it(
    liege: Community, herstal: Community, server: MailServer
) -> None:
    water = making.community("water", kind="public_service")
    for community in (liege, herstal):
        reader(community, "anne@example.org")
    item = making.draft(at=water)
    answering.settle(liege, water, "always", by=SYSTEM)
    placing.offer(item, [liege], by=SYSTEM)
    releasing.release(item, by=SYSTEM, expected=item.edition)
    with clock.travel(clock.now() + timedelta(seconds=20)):
        deliver()
    pressed(server.taken[0][1])
    assert left() == ["herstal"]
