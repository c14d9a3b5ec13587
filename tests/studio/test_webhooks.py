"""Administrators have programs told; the secret is shown once, and what fails is switched off."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook as Reference

from perron.audience.failing import note_failure, note_taken
from perron.audience.models import Recipient, Subscription, Webhook
from perron.audience.webhooks import secrets_of
from perron.communities.models import Agreement, Community
from perron.core import clock
from perron.letters.models import Letter
from perron.privacy.models import AuditEntry
from tests import making
from tests.channels.hook_server import HookServer
from tests.studio.conftest import signed_in

ADDRESS = "/studio/liege/webhooks/"


@pytest.fixture
def receiver(settings: Settings) -> Iterator[HookServer]:
    settings.PERRON_WEBHOOK_NETWORKS = ["127.0.0.2/32"]
    with HookServer() as listening:
        yield listening


def begun(client: Client, address: str, **more: object) -> tuple[Webhook, str]:
    page = client.post(f"{ADDRESS}new/", {"address": address, "language": "nl"} | more).content.decode()
    found = re.search(r"whsec_[A-Za-z0-9+/]{43}=", html.unescape(page))
    assert found, page
    return Webhook.objects.get(address=address), found[0]


def test_it_is_added_and_its_secret_shown_once(administrator: Client, receiver: HookServer) -> None:
    making.topic("culture")
    made, secret = begun(administrator, receiver.address(), kinds=["event"], topics=["culture"])
    wanted = Subscription.stored.get()
    assert (wanted.kinds, wanted.topics, wanted.recipient.language) == ("|event|", "|culture|", "nl")
    assert secret not in made.secret
    for page in (ADDRESS, f"{ADDRESS}{made.pk}/"):
        shown = administrator.get(page).content.decode()
        assert receiver.address() in shown
        assert "whsec_" not in shown
    assert AuditEntry.objects.filter(verb="begin webhook", object_id=made.pk).exists()


def test_a_test_arrives_signed(administrator: Client, receiver: HookServer) -> None:
    made, secret = begun(administrator, receiver.address())
    answer = administrator.post(f"{ADDRESS}{made.pk}/", {"deed": "test"}, follow=True)
    assert "It arrived" in answer.content.decode()
    (got,) = receiver.got
    said = Reference(secret).verify(got.body, got.headers)
    assert (said["type"], said["data"]) == ("webhook.test", {"community": "liege"})
    receiver.status = 500
    answer = administrator.post(f"{ADDRESS}{made.pk}/", {"deed": "test"}, follow=True)
    assert "The server answered 500." in answer.content.decode()


def test_a_new_secret_and_the_former_one_both_sign_for_a_day(administrator: Client, receiver: HookServer) -> None:
    made, former = begun(administrator, receiver.address())
    page = administrator.post(f"{ADDRESS}{made.pk}/", {"deed": "renew"}).content.decode()
    assert former not in html.unescape(page)
    administrator.post(f"{ADDRESS}{made.pk}/", {"deed": "test"})
    Reference(former).verify(receiver.got[0].body, receiver.got[0].headers)
    made.refresh_from_db()
    assert secrets_of(made, clock.now())[1:] == (former,)
    assert secrets_of(made, clock.now() + timedelta(hours=24))[1:] == ()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://hooks.example/x", "begins with https://"),
        ("https://user:word@hooks.example/", "without a user name"),
        ("https://hooks.example:8443/", "usual ports"),
        ("file:///etc/passwd", "begins with https://"),
        ("https://hooks.example/" + "x" * 490, "500"),
        ("https://app.liege.example./back", "leads back to this site"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused(
    administrator: Client, liege: Community, address: str, said: str
) -> None:
    liege.platforms.update(host="app.liege.example")
    answer = administrator.post(f"{ADDRESS}new/", {"address": address, "language": "fr"})
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not Recipient.stored.exists()


def test_the_same_address_is_called_once_by_a_community(administrator: Client, receiver: HookServer) -> None:
    begun(administrator, receiver.address())
    answer = administrator.post(f"{ADDRESS}new/", {"address": receiver.address(), "language": "fr"})
    assert "is called already" in answer.content.decode()
    assert Webhook.objects.count() == 1


def test_without_a_contract_no_program_is_told(administrator: Client, liege: Community) -> None:
    Agreement.objects.filter(partner=liege.partner).delete()
    assert "not possible yet" in administrator.get(ADDRESS).content.decode()
    answer = administrator.post(f"{ADDRESS}new/", {"address": "https://hooks.example/", "language": "fr"})
    assert answer.status_code == 404
    assert not Webhook.objects.exists()


def test_who_does_not_administer_does_not_see_it(editor: Client, liege: Community) -> None:
    assert editor.get(ADDRESS).status_code == 403
    partner = making.person("partner@example.org", role="administrator", at=liege.partner)
    assert signed_in(partner).get(ADDRESS).status_code == 200


def test_it_is_paused_switched_on_changed_and_ended(administrator: Client, receiver: HookServer) -> None:
    made, _secret = begun(administrator, receiver.address())
    page = f"{ADDRESS}{made.pk}/"
    for deed, state in (("pause", "paused"), ("resume", "on")):
        administrator.post(page, {"deed": deed})
        made.refresh_from_db()
        assert made.state == state
    administrator.post(page, {"deed": "change", "language": "de", "kinds": ["works"]})
    assert (Subscription.stored.get().kinds, Recipient.stored.get().language) == ("|works|", "de")
    assert administrator.post(page, {"deed": "change", "language": "xx"}).status_code == 422
    administrator.post(page, {"deed": "end"})
    assert not Webhook.objects.exists()
    assert not Recipient.stored.exists()
    assert administrator.get(page).status_code == 404


def test_five_days_of_failures_switch_it_off_and_its_administrators_get_a_letter(
    administrator: Client, receiver: HookServer
) -> None:
    made, _secret = begun(administrator, receiver.address())
    note_failure(made.pk, "http 500", for_good=False)
    with clock.travel(clock.now() + timedelta(days=4)):
        note_failure(made.pk, "http 500", for_good=False)
        made.refresh_from_db()
        assert made.state == "on"
        note_taken(made.pk)
    with clock.travel(clock.now() + timedelta(days=6)):
        note_failure(made.pk, "unreachable", for_good=False)
        made.refresh_from_db()
        assert made.state == "on", "it had worked in between"
    with clock.travel(clock.now() + timedelta(days=12)):
        note_failure(made.pk, "unreachable", for_good=False)
        note_failure(made.pk, "unreachable", for_good=False)
    made.refresh_from_db()
    assert made.state == "off"
    (letter,) = Letter.objects.filter(kind="webhook-off")
    assert letter.to == "administrator@example.org"
    assert letter.context["why"] == "The server did not answer within fifteen seconds."
    assert "Switched off" in administrator.get(f"{ADDRESS}{made.pk}/").content.decode()


def test_who_answers_that_it_is_gone_is_called_no_more(administrator: Client, receiver: HookServer) -> None:
    made, _secret = begun(administrator, receiver.address())
    receiver.status = 410
    administrator.post(f"{ADDRESS}{made.pk}/", {"deed": "test"})
    made.refresh_from_db()
    assert made.state == "off"
    assert Letter.objects.filter(kind="webhook-off").count() == 1


@pytest.mark.parametrize("address", ["https://10.0.0.1/hook", "https://[fd00::1]/", "http://example.org/", "ftp://x/"])
def test_what_could_never_be_called_is_said_at_once(administrator: Client, address: str) -> None:
    answer = administrator.post(f"{ADDRESS}new/", {"address": address, "language": "nl"})
    assert answer.status_code == 422
    said = "inside a private network" if "[" in address or "10." in address else "begins with https://:"
    assert said in html.unescape(answer.content.decode())
    assert not Webhook.objects.exists()
