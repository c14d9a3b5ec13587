"""Programs are told what is released, corrected and withdrawn: by the same ledger, signed, as the API has it."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from standardwebhooks import Webhook as Reference

from perron.audience import webhooks
from perron.audience.models import Webhook
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.models import Delivery
from perron.delivery.working import deliver, dispatch
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.models import Item
from perron.publishing.working import undoing
from tests import making
from tests.channels.hook_server import HookServer
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader, webhook

pytestmark = pytest.mark.django_db

State = Delivery.State
TEXTS = {"fr": Words("Marché", "Dimanche.", "Venez."), "nl": Words("Markt", "Zondag.", "Kom.")}


def later(seconds: float = 20) -> int:
    with clock.travel(clock.now() + timedelta(seconds=seconds)):
        return deliver()


def told(receiver: HookServer) -> list[tuple[str, str]]:
    """Return what was said, in order: the type and of which item."""
    said = [json.loads(got.body) for got in receiver.got]
    return [(each["type"], each["data"]["id"]) for each in said]


def corrected(item: Item, title: str, **more: Any) -> None:
    content = making.content(title=title, **more)
    saved = drafting.save(item, content, by=SYSTEM, expected=Item.objects.get(pk=item.pk).edition)
    releasing.release(saved, by=SYSTEM, expected=saved.edition)


def states() -> list[str]:
    return list(Delivery.stored.order_by("made_at").values_list("state", flat=True))


@pytest.mark.parametrize("kind", ["news", "event", "alert", "works", "document"])
def test_a_release_is_told_as_the_api_answers_it(liege: Community, receiver: HookServer, kind: str) -> None:
    made, secret = webhook(liege, receiver, language="nl")
    item = making.released(kind, at=liege, texts=TEXTS)
    assert later() == 1
    (got,) = receiver.got
    said = Reference(secret).verify(got.body, got.headers)
    assert said["type"] == "item.released"
    assert said["data"]["title"] == "Markt"
    host = urlsplit(settings.PERRON_ORIGIN).netloc
    answer = Client().get(f"/api/v1/items/{item.pk}", {"language": "nl"}, headers={"Host": host})
    assert said["data"] == answer.json()
    made.refresh_from_db()
    assert made.taken_at is not None


def test_corrections_and_withdrawals_are_told_to_programs_and_mailed_to_nobody(
    liege: Community, receiver: HookServer, server: MailServer
) -> None:
    webhook(liege, receiver)
    reader(liege)
    item = making.released(at=liege)
    later()
    corrected(item, "Autrement")
    later()
    releasing.withdraw(Item.objects.get(pk=item.pk), by=SYSTEM)
    later()
    identifier = str(item.pk)
    types = ("item.released", "item.corrected", "item.withdrawn")
    assert told(receiver) == [(each, identifier) for each in types]
    assert json.loads(receiver.got[1].body)["data"]["title"] == "Autrement"
    assert "title" not in json.loads(receiver.got[2].body)["data"]
    assert len(server.taken) == 1


def test_who_was_told_of_an_item_hears_of_its_correction_whatever_it_is_about_by_now(
    liege: Community, receiver: HookServer
) -> None:
    making.topic("culture")
    making.topic("sport")
    webhook(liege, receiver, "/culture", topics=["culture"])
    webhook(liege, receiver, "/sport", topics=["sport"])
    item = making.released(at=liege, topics=("culture",))
    later()
    corrected(item, "Autrement", topics=())
    later()
    assert [(got.path, json.loads(got.body)["type"]) for got in receiver.got] == [
        ("/culture", "item.released"),
        ("/culture", "item.corrected"),
    ]


def test_what_is_undone_within_its_first_seconds_is_told_to_nobody(liege: Community, receiver: HookServer) -> None:
    webhook(liege, receiver)
    item = making.released(at=liege)
    undoing.undo(item.releases.get(), by=SYSTEM)
    later()
    assert receiver.got == []


def test_it_is_tried_again_by_the_same_identifier_and_when_the_other_side_wants_it(
    liege: Community, receiver: HookServer
) -> None:
    made, _secret = webhook(liege, receiver)
    making.released(at=liege)
    receiver.answers, receiver.headers = [503], {"Retry-After": "3600"}
    assert later() == 0
    made.refresh_from_db()
    assert (made.state, made.failure) == ("on", "http 503")
    assert later(1800) == 0
    assert later(3700) == 1
    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(Delivery.stored.get().pk)
    made.refresh_from_db()
    assert (made.failure, made.failing_since) == ("", None)


def test_who_wants_no_more_calls_is_switched_off_and_gets_no_more(liege: Community, receiver: HookServer) -> None:
    making.person("admin@example.org", role="administrator", at=liege)
    made, _secret = webhook(liege, receiver)
    making.released(at=liege)
    receiver.status = 410
    later()
    making.released(at=liege)
    later()
    assert (len(receiver.got), states()) == (1, ["failed"])
    assert Letter.objects.filter(kind="webhook-off", to="admin@example.org").count() == 1
    made.refresh_from_db()
    assert made.state == Webhook.State.OFF


def test_a_paused_one_is_not_called_nor_is_what_was_on_its_way(liege: Community, receiver: HookServer) -> None:
    made, _secret = webhook(liege, receiver)
    making.released(at=liege)
    dispatch()
    webhooks.pause(made, by=SYSTEM)
    making.released(at=liege)
    later()
    assert receiver.got == []
    assert list(Delivery.stored.values_list("state", "failure")) == [("given_up", "paused")]


def test_a_server_that_keeps_silent_is_left_alone_while_others_are_called(
    liege: Community, receiver: HookServer
) -> None:
    with HookServer() as silent:
        webhook(liege, silent)
    webhook(liege, receiver)
    for _ in range(3):
        making.released(at=liege)
    assert later() == 3
    assert len(receiver.got) == 3
    failures = Delivery.stored.filter(state=State.WAITING).values_list("failure", flat=True)
    assert list(failures) == ["unreachable"] * 3


def test_a_name_that_became_ours_is_not_called(liege: Community, receiver: HookServer) -> None:
    made, _secret = webhook(liege, receiver)
    making.released(at=liege)
    liege.platforms.update(host="127.0.0.2")
    later()
    made.refresh_from_db()
    assert (receiver.got, made.state, made.failure) == ([], "off", "loop")


def test_the_receiver_in_the_documentation_knows_what_is_ours(liege: Community, receiver: HookServer) -> None:
    page = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    known: dict[str, Any] = {}
    exec(code, known)
    _made, secret = webhook(liege, receiver)
    making.released(at=liege)
    later(16)
    (got,) = receiver.got
    verified = known["verified"]
    assert verified(secret, got.headers, got.body)
    assert not verified(secret, got.headers, got.body + b" ")
    assert not verified("whsec_" + "A" * 44, got.headers, got.body)
    assert not verified(secret, got.headers | {"webhook-timestamp": "1614265330"}, got.body)
