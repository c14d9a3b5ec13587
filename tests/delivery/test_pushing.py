"""What is released reaches devices: once, in their language, and what changes takes its place."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from perron.audience.models import PushEndpoint, Recipient, Subscription
from perron.channels.web_push.encryption import MOST
from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Gone, Refused
from perron.delivery import ledger, notifying, releases
from perron.delivery.carriers.push import WebPush
from perron.delivery.devices import key_for_browsers, try_out
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sending import send_due
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.models import Item
from tests import making
from tests.channels.push_service import CREATED, Browser, PushService, Taken
from tests.delivery.town import device, reader

pytestmark = pytest.mark.django_db

State = Delivery.State
SOON = timedelta(seconds=20)


@pytest.fixture(autouse=True)
def _here(settings: Settings) -> None:
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]


def later(by: timedelta = SOON) -> int:
    with clock.travel(clock.now() + by):
        return deliver()


def shown(taken: Taken, browser: Browser) -> dict[str, Any]:
    said = json.loads(browser.read(taken.body))
    assert said["web_push"] == 8030
    notification = said["notification"]
    assert isinstance(notification, dict)
    return notification


def states() -> list[str]:
    return list(Delivery.stored.order_by("made_at").values_list("state", flat=True))


def changed(item: Item, **more: Any) -> None:
    item.refresh_from_db()
    drafting.save(item, making.content(item.kind, **more), by=SYSTEM, expected=item.edition)
    item.refresh_from_db()
    releasing.release(item, by=SYSTEM, expected=item.edition)


def test_each_device_is_told_once_in_its_language(liege: Community) -> None:
    anne, bart = Browser(), Browser(auth=bytes(16))
    with PushService() as service:
        device(liege, f"{service.origin}/anne", anne)
        device(liege, f"{service.origin}/bart", bart, language="nl")
        device(liege, f"{service.origin}/events", kinds=["event"])
        item = making.released(at=liege, title="Marché & fêtes")
        assert later() == 2
        assert later() == 0
    by_target = {taken.target: taken for taken in service.taken}
    assert sorted(by_target) == ["/anne", "/bart"]
    said = shown(by_target["/anne"], anne)
    assert said["title"] == "Marché & fêtes"
    assert said["body"].startswith("Ville de Liège · ")
    assert said["navigate"].endswith(f"/fr/liege/{item.slug}/")
    assert (said["lang"], said["tag"]) == ("fr", item.pk.hex)
    assert [action["action"] for action in said["actions"]] == ["read", "choose"]
    assert shown(by_target["/bart"], bart)["body"].startswith("Stad Luik · ")
    headers = by_target["/anne"].headers
    assert (headers["Urgency"], headers["Topic"]) == ("normal", item.pk.hex)
    assert ledger.of_item(item)[0].numbers == {"sent": 2}


def test_an_alert_wakes_the_device_until_it_ends_and_each_change_is_shown(liege: Community) -> None:
    browser = Browser()
    with PushService() as service:
        device(liege, f"{service.origin}/1", browser, kinds=["news"])
        item = making.released("alert", at=liege, title="Crue")
        deliver()
        changed(item, title="Crue : évacuez")
        deliver()
        releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)
        deliver()
    said = [shown(taken, browser) for taken in service.taken]
    assert [one["title"] for one in said] == [
        "Alerte\xa0: Crue",
        "Alerte, mise à jour\xa0: Crue : évacuez",
        "Terminé\xa0: Crue : évacuez",
    ]
    assert {one["tag"] for one in said} == {item.pk.hex}
    assert all(one["renotify"] and not one.get("silent") for one in said)
    assert [one["requireInteraction"] for one in said] == [True, True, False]
    assert {taken.headers["Urgency"] for taken in service.taken} == {"high"}
    expires = Dispatch.objects.order_by("id")[0].expires_at
    assert int(service.taken[0].headers["TTL"]) <= (expires - clock.now()).total_seconds() + 60


def test_a_correction_takes_the_place_of_what_is_shown_without_a_sound(liege: Community, settings: Settings) -> None:
    browser = Browser()
    with PushService() as service:
        device(liege, f"{service.origin}/1", browser)
        reader(liege, "anne@example.org")
        item = making.released(at=liege, title="Marché lundi")
        later()
        # Who came later was told nothing that could be corrected.
        device(liege, f"{service.origin}/late")
        changed(item, title="Marché mardi")
        later()
        releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)
        later()
    assert [taken.target for taken in service.taken] == ["/1", "/1", "/1"]
    said = [shown(taken, browser) for taken in service.taken]
    assert [one["title"] for one in said] == ["Marché lundi", "Marché mardi", "Retiré\xa0: Marché mardi"]
    assert {one["tag"] for one in said} == {item.pk.hex}
    assert [bool(one.get("silent")) for one in said] == [False, True, True]
    assert not any(one.get("renotify") for one in said[1:])
    mails = Delivery.stored.filter(channel="email")
    assert mails.count() == 1, "no mail takes the place of another"


def test_what_is_no_more_a_browser_is_forgotten(liege: Community) -> None:
    gone = lambda _taken: b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"  # noqa: E731
    with PushService(answer=gone) as service:
        device(liege, f"{service.origin}/1")
        item = making.released(at=liege)
        later()
    assert ledger.of_item(item)[0].numbers == {"gone": 1}
    assert not Recipient.stored.exists()
    assert not PushEndpoint.stored.exists()
    assert not Subscription.stored.exists()


def test_a_service_that_is_busy_says_when_and_one_that_is_down_costs_no_try(
    liege: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = lambda _taken: b"HTTP/1.1 429 Slow\r\nRetry-After: 300\r\nContent-Length: 0\r\n\r\n"  # noqa: E731
    with PushService(answer=busy) as service:
        device(liege, f"{service.origin}/1")
    making.released(at=liege)
    begin = clock.now() + SOON
    with service, clock.travel(begin):
        PushEndpoint.stored.update(endpoint=f"{service.origin}/1")
        deliver()
    row = Delivery.stored.get()
    assert (row.state, row.failure, row.tries) == (State.WAITING, "429", 1)
    assert timedelta(seconds=290) < row.due_at - begin < timedelta(seconds=310)
    # It listens no more.
    with clock.travel(begin + timedelta(seconds=400)):
        assert send_due(WebPush()) == 0
    row.refresh_from_db()
    assert (row.state, row.failure, row.tries) == (State.WAITING, "ConnectionRefusedError", 1)


def test_what_can_never_be_taken_ends_and_stops_no_other(liege: Community) -> None:
    with PushService() as service:
        device(liege, "http://10.0.0.1/1")
        device(liege, f"{service.origin}/1")
        item = making.released(at=liege)
        later()
    assert ledger.of_item(item)[0].numbers == {"failed": 1, "sent": 1}


def test_a_message_fits_whatever_the_words(liege: Community) -> None:
    long = Words(title="漢" * 100, summary="字" * 250, body="Un texte.")
    item = making.released(at=liege, texts={"fr": long})
    releases.dispatch_releases()
    dispatch = Dispatch.objects.select_related("release").get()
    assert len(notifying.written(dispatch, "fr")) <= MOST
    assert item


def test_one_notification_to_try(liege: Community) -> None:
    browser = Browser()
    answers = [
        CREATED,
        b"HTTP/1.1 500 Down\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
    ]
    with PushService(answer=lambda _taken: answers.pop(0)) as service:
        recipient = device(liege, f"{service.origin}/1", browser)
        try_out(recipient, language="nl")
        assert "Stad Luik" in shown(service.taken[0], browser)["body"]
        with pytest.raises(Refused, match="500"):
            try_out(recipient, language="nl")
        assert Recipient.stored.exists()
        with pytest.raises(Gone):
            try_out(recipient, language="nl")
    assert not Recipient.stored.exists()


def test_push_waits_where_nobody_could_be_asked(
    liege: Community, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def nobody() -> str:
        raise Refused("name somebody to ask")

    monkeypatch.setattr("perron.delivery.devices.contact", nobody)
    assert key_for_browsers() == ""
    monkeypatch.setattr("perron.channels.web_push.identifying.contact", nobody)
    with PushService() as service:
        device(liege, f"{service.origin}/1")
        making.released(at=liege)
        later()
    assert not service.taken
    assert states() == [State.WAITING]
    assert Delivery.stored.get().tries == 0
    assert "by push now (name somebody to ask)" in caplog.text
    assert "PERRON_MAIL" not in caplog.text
