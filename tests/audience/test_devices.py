"""Subscribing a device: no account, no letter. What is no address and no key is refused; it leaves by one press."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from perron.audience import devices, leaving, subscribing, winding_down
from perron.audience.choices import Choice
from perron.audience.devices import Device
from perron.audience.keys import key_of
from perron.audience.models import Channel, PushEndpoint, Recipient, Subscription
from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import NotFound, Refused
from perron.letters.models import Letter
from perron.privacy import journal
from perron.privacy.erasing import erase
from perron.privacy.models import AuditEntry
from tests import making
from tests.channels.push_service import Browser, PushService, text

pytestmark = pytest.mark.django_db

AT = "https://push.example.net/send/1"
HERE = "/fr/liege/subscribe/device/"
MOVED = "/fr/subscription/device/"


@pytest.fixture(autouse=True)
def liege(monkeypatch: pytest.MonkeyPatch) -> Community:
    monkeypatch.setattr(subscribing, "service_is_covered", lambda *_: True)
    community = making.community(names={"fr": "Liège"})
    making.platform(community)
    return community


def said(endpoint: str = AT, browser: Browser | None = None, **keys: Any) -> dict[str, Any]:
    return {"endpoint": endpoint, "keys": (browser or BROWSER).keys() | keys}


BROWSER = Browser()


def subscribed(community: Community, endpoint: str = AT, choice: Choice | None = None) -> Recipient:
    return devices.subscribe(Device.read(said(endpoint)), community, choice or Choice(), language="fr")


def posted(path: str, body: Any, **headers: str) -> Any:
    return Client(headers=headers).post(path, body, content_type="application/json")


def test_a_device_needs_no_account_and_no_letter(liege: Community) -> None:
    padded: dict[str, Any] = {name: f"{key}==" for name, key in BROWSER.keys().items()}
    made = devices.subscribe(Device.read(said(**padded)), liege, Choice(), language="fr")
    assert (made.channel, made.email, made.language) == (Channel.PUSH, "", "fr")
    kept = PushEndpoint.stored.get(recipient=made)
    assert (kept.endpoint, {"p256dh": kept.p256dh, "auth": kept.auth}) == (AT, BROWSER.keys())
    assert Subscription.objects.get().community == liege
    again = devices.subscribe(Device.read(said()), liege, Choice(("news",)), language="nl")
    assert (again.pk, again.language) == (made.pk, "nl")
    assert Subscription.objects.get().kinds == "|news|"
    assert not Letter.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "", "push.example.net", "http://push.example.net/1", "https://push.example.net:8443/1", "ftp://push.example.net/1",
        "https://localhost/1", "https://127.0.0.1/1", "https://10.1.2.3/1", "https://169.254.169.254/1", "https://0x7f.1/1",
        "https://2130706433/1", "https://printer.local/1", "https://intranet/1", "https://user@push.example.net/1",
        "https://push.example.net/1\r\nX: y", "https://push.example.net/a b", "httpſ://push.example.net/1",
        "https://puſh.example.net/1", "https://[fd00::1]/1", "https://push.example.net:0/1",
        "http://push.example.net:443/1",
        "https://push.example.net/" + "x" * 1000,
    ],
)  # fmt: skip
def test_what_no_push_service_gives_out_is_refused(address: str) -> None:
    with pytest.raises(Refused):
        Device.read(said(address))


@pytest.mark.once
@pytest.mark.parametrize(
    "keys",
    [
        {"auth": text(bytes(15))}, {"auth": text(bytes(17))}, {"auth": ""}, {"auth": "!!!!"},
        {"p256dh": text(BROWSER.p256dh[:-1])}, {"p256dh": text(BROWSER.p256dh + b"x")}, {"p256dh": ""},
        {"p256dh": text(b"\4" + bytes(64))}, {"p256dh": text(b"\2" + BROWSER.p256dh[1:33])}, {"p256dh": "é"},
    ],
)  # fmt: skip
def test_keys_of_the_wrong_length_or_off_the_curve_are_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Device.read(said(**keys))


@pytest.mark.once
@pytest.mark.parametrize("body", [None, [], {}, {"endpoint": AT}, {"endpoint": 1, "keys": {"p256dh": 1, "auth": 2}}])
def test_what_is_no_subscription_is_refused(body: Any) -> None:
    with pytest.raises(Refused):
        Device.read(body)


def test_who_knows_the_address_and_not_the_secret_changes_nothing(liege: Community) -> None:
    subscribed(liege)
    with pytest.raises(Refused, match="other keys"):
        devices.subscribe(Device.read(said(auth=text(bytes(16)))), liege, Choice(("event",)), language="nl")
    assert Subscription.objects.get().kinds == ""


def test_without_the_contract_or_the_word_of_the_policy_there_is_none(
    liege: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert devices.takes_devices(liege)
    monkeypatch.setattr(devices, "_TRANSMISSION", "unsaid")
    assert not devices.takes_devices(liege)
    with pytest.raises(NotFound):
        subscribed(liege)
    assert "data-device=" not in Client().get("/fr/liege/subscribe/").content.decode()
    assert posted(HERE, said()).status_code == 404
    assert not Recipient.stored.exists()


def test_a_browser_that_is_reached_elsewhere_keeps_what_it_gets(liege: Community) -> None:
    made = subscribed(liege, choice=Choice(("news",)))
    key = key_of(made.pk)
    answer = posted(MOVED, {"key": key, **said("https://push.example.net/send/2", Browser(auth=bytes(16)))})
    assert answer.status_code == 200
    assert (answer.json()["key"], answer.json()["communities"]) == (key, ["liege"])
    made.refresh_from_db()
    assert made.endpoint.endpoint == "https://push.example.net/send/2"
    assert Recipient.stored.count() == PushEndpoint.stored.count() == 1
    assert Subscription.objects.get().kinds == "|news|"
    # It subscribed anew there, before it could say so: what it wants now counts.
    other = subscribed(liege, "https://push.example.net/send/3")
    answer = posted(MOVED, {"key": key, **said("https://push.example.net/send/3")})
    assert answer.json()["key"] == key_of(other.pk)
    assert list(Recipient.stored.all()) == [other]
    assert posted(MOVED, {"key": key, **said()}).status_code == 410
    assert posted(MOVED, {"key": key_of(other.pk)[:-1], **said()}).status_code == 410


def test_to_say_that_nothing_changed_leaves_no_trace(liege: Community) -> None:
    made = subscribed(liege)
    before = AuditEntry.objects.count()
    assert posted(MOVED, {"key": key_of(made.pk), **said()}).status_code == 200
    assert AuditEntry.objects.count() == before


def test_leaving_takes_all_of_it_and_a_restore_brings_nothing_back(liege: Community) -> None:
    made = subscribed(liege)
    subscribed(making.community("herstal"))
    assert leaving.unsubscribe(made, community=liege.pk) == 1
    assert PushEndpoint.stored.exists()
    assert leaving.unsubscribe(made) == 1
    assert not PushEndpoint.stored.exists()
    assert not Recipient.stored.exists()
    assert not Letter.objects.exists()
    Recipient.stored.create(pk=made.pk, subject_id=made.subject_id, channel=Channel.PUSH, language="fr")
    PushEndpoint.stored.create(recipient_id=made.pk, endpoint=AT, **BROWSER.keys())
    Subscription.stored.create(recipient_id=made.pk, community=liege)
    journal.replay(clock.now() - timedelta(hours=1))
    assert not Recipient.stored.exists()
    assert not PushEndpoint.stored.exists()


def test_erasure_and_the_end_of_a_contract_take_it_too(liege: Community) -> None:
    made = subscribed(liege)
    erase([made.subject], by=making.person(role="administrator").actor)
    assert not PushEndpoint.stored.exists()
    subscribed(liege, "https://push.example.net/send/2")
    winding_down.end_those_of(liege.partner)
    assert not PushEndpoint.stored.exists()
    assert not Recipient.stored.exists()


def test_what_pages_post_is_read_with_care(liege: Community) -> None:
    making.topic("culture")
    body = said() | {"kinds": ["event"], "topics": ["culture"]}
    wrong: list[Any] = [
        [],
        "text",
        {},
        body | {"kinds": ["alert"]},
        body | {"topics": "culture"},
        body | {"topics": ["x"]},
    ]
    for one in wrong:
        answer = posted(HERE, one)
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json"), one
        assert answer.json()["title"]
    assert Client().post(HERE, body).status_code == 422
    assert posted(HERE, body | {"more": "x" * 9000}).status_code == 413
    assert posted(HERE, body, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert Client().get(HERE).status_code == 405
    assert posted("/fr/nowhere/subscribe/device/", body).status_code == 404
    assert not Recipient.stored.exists()
    answer = posted(HERE, body)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    assert (Subscription.objects.get().kinds, Subscription.objects.get().topics) == ("|event|", "|culture|")


@pytest.mark.once
def test_too_many_devices_from_one_address_wait() -> None:
    answers = {posted(HERE, said(f"https://push.example.net/{number}")).status_code for number in range(31)}
    assert answers == {201, 429}


def test_the_devices_own_page_from_one_to_try_to_the_last_press(liege: Community, settings: Settings) -> None:
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
    http = Client()
    with PushService() as service:
        own = posted(HERE, said(f"{service.origin}/1")).json()["page"]
        page = http.get(own).content.decode()
        assert "Ce que reçoit cet appareil" in page
        assert "Elle est en route" in http.post(own, {"try": "1"}).content.decode()
        assert "Liège" in BROWSER.read(service.taken[0].body).decode()
    # The push service is down: it says so.
    assert "ConnectionRefusedError" in http.post(own, {"try": "1"}).content.decode()
    assert http.post(own, {"change": str(liege.pk), "kind": "news"}).status_code == 302
    assert Subscription.objects.get().kinds == "|news|"
    for method in (http.get, http.head):
        method(own)
    left = http.post(own, {"stop": str(liege.pk)}).content.decode()
    assert "data-device-left" in left
    assert not Recipient.stored.exists()
    assert http.get(own).status_code == 410


def test_who_reads_by_mail_has_no_device_to_try(liege: Community) -> None:
    mail = Recipient.stored.create(subject_id=subscribed(liege).pk, email="anne@example.org", language="fr")
    assert Client().post(f"/fr/subscription/{key_of(mail.pk)}/", {"try": "1"}).status_code == 404
    with pytest.raises(Refused, match="no device"):
        devices.replace(mail, Device.read(said("https://push.example.net/send/9")))
