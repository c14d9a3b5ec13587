from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from django.test import Client
from lxml import etree

from perron.communities.models import Area, Community
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.models import AlertMessage, Item
from tests import making

pytestmark = pytest.mark.django_db

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "alerts" / "cap12.xsd"
CAP = {"c": "urn:oasis:names:tc:emergency:cap:1.2"}
SQUARE = {"type": "Polygon", "coordinates": [[[5.5, 50.6], [5.6, 50.6], [5.6, 50.7], [5.5, 50.6]]]}


@pytest.fixture
def liege() -> Community:
    community = making.community(commune_nis="62063", names={"fr": "Ville de Liège", "nl": "Stad Luik"},
                                 phone="+32 4 221 80 00")  # fmt: skip
    making.platform(community)
    return community


def sent(item: Item) -> list[etree._Element]:
    return [etree.fromstring(message.xml.encode()) for message in item.messages.all()]


def text(alert: etree._Element, path: str) -> str:
    return alert.findtext("/".join(f"c:{part}" for part in path.split("/")), "", CAP)


def correct(item: Item, **more: Any) -> Item:
    item.refresh_from_db()
    item = drafting.save(item, making.content("alert", **more), by=SYSTEM, expected=item.edition)
    return releasing.release(item, by=SYSTEM, expected=item.edition)


HOSTILE = "Fuite <b>de</b> gaz & \x0b\ufffe 🔥 \u202eabc"
VARIATIONS: list[dict[str, Any]] = [
    {},
    {"title": HOSTILE, "details": {"instructions_fr": HOSTILE}},
    {"title": "x" * 140},
    {"details": {"status": "Exercise"}},
    {"details": {"status": "Test", "category": "CBRNE", "certainty": "Unknown", "urgency": "Past"}},
    {"texts": {"fr": Words(title="Fuite"), "de": Words(title="Gasleck", body="- 1\n- 2"), "en": Words(title="Leak")}},
    {"details": {"effective_at": "2026-12-01T08:00", "ends_at": "2026-12-03T08:00:30.5"}},
]  # fmt: skip


@pytest.mark.skipif(not SCHEMA.exists(), reason="the CAP schema is not part of this repository (../shared/data)")
@pytest.mark.parametrize("more", VARIATIONS)
def test_every_message_is_valid_against_the_cap_schema(liege: Community, more: dict[str, Any]) -> None:
    schema = etree.XMLSchema(etree.parse(SCHEMA))
    area = Area.objects.create(community=liege, slug="quartier", names={"fr": "Le quartier"}, polygon=SQUARE)
    for areas in ((), (str(area.pk),)):
        item = making.released("alert", at=liege, areas=areas, **more)
        correct(item, **more)
        releasing.withdraw(item, by=SYSTEM)
        messages = sent(item)
        assert len(messages) == 3
        for message in messages:
            schema.assertValid(message)


def test_an_alert_an_update_and_a_cancellation_refer_to_what_went_before(liege: Community) -> None:
    item = making.released("alert", at=liege)
    with clock.travel(clock.now() + timedelta(minutes=5)):
        correct(item, title="Plus grave")
    with clock.travel(clock.now() + timedelta(minutes=9)):
        releasing.withdraw(item, by=SYSTEM)
    first, second, third = sent(item)
    assert [text(each, "msgType") for each in (first, second, third)] == ["Alert", "Update", "Cancel"]
    assert text(first, "references") == ""
    names = [",".join(text(each, part) for part in ("sender", "identifier", "sent")) for each in (first, second)]
    assert text(second, "references").split() == names[:1]
    assert text(third, "references").split() == names
    assert text(second, "info/headline") == "Plus grave"
    assert text(third, "info/responseType") == "AllClear"


def test_an_alert_that_was_cancelled_and_comes_again_is_a_new_one(liege: Community) -> None:
    item = making.released("alert", at=liege)
    releasing.withdraw(item, by=SYSTEM)
    correct(item)
    correct(item)
    *_, again, update = sent(item)
    assert (text(again, "msgType"), text(again, "references")) == ("Alert", "")
    assert len(text(update, "references").split()) == 1


def test_a_message_says_all_that_the_alert_says(liege: Community) -> None:
    texts = {"fr": Words(title="Fuite", summary="En bref.", body="Un **long** texte."), "nl": Words(title="Lek")}
    details = {"instructions_fr": "Fermez.", "instructions_nl": "Sluit.", "category": "Fire", "severity": "Extreme"}
    item = making.released("alert", at=liege, texts=texts, details=details)
    (alert,) = sent(item)
    assert text(alert, "sender") == "liege@127.0.0.1"
    assert (text(alert, "status"), text(alert, "scope"), text(alert, "note")) == ("Actual", "Public", "")
    french, dutch = alert.findall("c:info", CAP)
    assert (text(french, "language"), text(dutch, "language")) == ("fr-BE", "nl-BE")
    assert (text(french, "headline"), text(dutch, "headline")) == ("Fuite", "Lek")
    assert text(french, "description") == "En bref.\n\nUn long texte."
    assert (text(french, "instruction"), text(dutch, "instruction")) == ("Fermez.", "Sluit.")
    assert (text(french, "category"), text(french, "severity")) == ("Fire", "Extreme")
    assert (text(french, "senderName"), text(dutch, "senderName")) == ("Ville de Liège", "Stad Luik")
    assert text(french, "contact") == "+32 4 221 80 00"
    assert text(french, "web").endswith(f"/fr/liege/{item.slug}/")
    assert (text(french, "area/areaDesc"), text(dutch, "area/areaDesc")) == ("Liège", "Luik")
    assert (text(french, "area/geocode/valueName"), text(french, "area/geocode/value")) == ("NIS", "62063")
    for moment in ("sent", "info/effective", "info/onset", "info/expires"):
        assert datetime.fromisoformat(text(alert, moment)).utcoffset() is not None
        assert not text(alert, moment).endswith("Z")


def test_areas_are_polygons_and_communes(liege: Community) -> None:
    area = Area.objects.create(community=liege, slug="nord", names={"fr": "Le nord"}, polygon=SQUARE,
                               communes_nis=["62063", "62096"])  # fmt: skip
    (alert,) = sent(making.released("alert", at=liege, areas=(str(area.pk),)))
    assert text(alert, "info/area/areaDesc") == "Le nord"
    assert text(alert, "info/area/polygon") == "50.6,5.5 50.6,5.6 50.7,5.6 50.6,5.5"
    assert [code.text for code in alert.iterfind(".//c:geocode/c:value", CAP)] == ["62063", "62096"]


def test_an_exercise_says_so_and_why(liege: Community) -> None:
    (alert,) = sent(making.released("alert", at=liege, details={"status": "Exercise"}))
    assert text(alert, "status") == "Exercise"
    assert text(alert, "note")


def test_each_message_stays_at_its_address_as_it_was_sent(liege: Community) -> None:
    item = making.released("alert", at=liege, title="Premier")
    message = AlertMessage.objects.get()
    address = f"/liege/alerts/{message.identifier}.cap"
    before = Client().get(address)
    assert before["Content-Type"] == "application/cap+xml"
    assert "immutable" in before["Cache-Control"]
    correct(item, title="Second")
    releasing.withdraw(item, by=SYSTEM)
    assert Client().get(address).content == before.content
    assert Client().get("/liege/alerts/nothing.cap").status_code == 404


def test_the_index_leads_to_every_message_newest_first(liege: Community) -> None:
    item = making.released("alert", at=liege, title="Premier")
    with clock.travel(clock.now() + timedelta(minutes=5)):
        correct(item, title="Second")
    response = Client().get("/nl/liege/alerts.cap")
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Second", "Premier"]
    assert [entry.tags[1].term for entry in feed.entries] == ["Update", "Alert"]
    assert len({entry.id for entry in feed.entries}) == 2
    for entry, message in zip(feed.entries, item.messages.order_by("-number"), strict=True):
        path = entry.link.removeprefix("http://testserver")
        assert Client().get(path).content.decode() == message.xml


def test_nothing_but_an_alert_sends_a_message(liege: Community) -> None:
    for kind in ("news", "event", "works", "document"):
        making.released(kind, at=liege)
    assert not AlertMessage.objects.exists()
