"""Quiet hours while sending: what would come in them waits, extreme danger passes for who chose so."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from perron.audience.models import Recipient
from perron.communities.models import Community
from perron.core import clock
from perron.delivery import ledger
from perron.delivery.dispatching import expand
from perron.delivery.models import Delivery
from perron.delivery.releases import dispatch_releases
from perron.delivery.working import deliver
from perron.publishing.models import Item
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = pytest.mark.django_db

# Eleven in the evening in Belgium.
NIGHT = datetime(2026, 11, 25, 22, tzinfo=UTC)
MORNING = datetime(2026, 11, 26, 6, tzinfo=UTC)
WAKEFUL, QUIET, SOUND = "wakeful@example.org", "quiet@example.org", "sound@example.org"


@pytest.fixture(autouse=True)
def _night(liege: Community) -> Any:
    for email, hours in ((WAKEFUL, {}), (QUIET, {"extreme_passes": True}), (SOUND, {})):
        made = reader(liege, email)
        if email != WAKEFUL:
            Recipient.stored.filter(pk=made.pk).update(quiet_from="22:00", quiet_until="07:00", **hours)
    with clock.travel(NIGHT):
        yield


def alert(liege: Community, *, ends: timedelta = timedelta(days=1), **details: str) -> Item:
    until = (NIGHT + timedelta(hours=1) + ends).strftime("%Y-%m-%dT%H:%M")
    return making.released("alert", at=liege, details={"ends_at": until} | details)


def at(moment: datetime) -> int:
    with clock.travel(moment):
        return deliver()


def names(server: MailServer) -> list[str]:
    return sorted(to for to, _message in server.taken)


def test_an_alert_waits_for_their_end(liege: Community, server: MailServer) -> None:
    item = alert(liege, severity="Severe")
    assert at(NIGHT) == 1
    assert at(MORNING - timedelta(seconds=1)) == 0
    assert at(MORNING) == 2
    assert names(server) == sorted([WAKEFUL, QUIET, SOUND])
    assert set(Delivery.stored.values_list("tries", flat=True)) == {1}
    assert ledger.of_item(item)[0].wanted == 3


@pytest.mark.parametrize(("status", "reached"), [("Actual", [QUIET, WAKEFUL]), ("Exercise", [WAKEFUL])])
def test_extreme_danger_passes_for_who_chose_so_and_an_exercise_is_none(
    liege: Community, server: MailServer, status: str, reached: list[str]
) -> None:
    alert(liege, severity="Extreme", status=status)
    at(NIGHT)
    assert names(server) == sorted(reached)
    at(MORNING)
    assert names(server) == sorted([WAKEFUL, QUIET, SOUND])


def test_what_is_over_by_then_does_not_come(liege: Community, server: MailServer) -> None:
    item = alert(liege, ends=timedelta(hours=2), severity="Severe")
    at(NIGHT)
    at(MORNING)
    assert names(server) == [WAKEFUL]
    assert ledger.of_item(item)[0].numbers == {"sent": 1, "expired": 2}


def test_what_was_on_its_way_when_they_began_waits_without_counting_a_try(liege: Community, server: MailServer) -> None:
    evening = NIGHT - timedelta(hours=2)
    with clock.travel(evening):
        making.released(at=liege)
        dispatch_releases()
        while expand():
            pass
    assert at(NIGHT) == 1
    waiting = Delivery.stored.filter(state="waiting")
    assert set(waiting.values_list("due_at", "tries")) == {(MORNING, 0)}
    assert at(MORNING) == 2
