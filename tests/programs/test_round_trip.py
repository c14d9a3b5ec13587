"""What goes out as a feed, calendar or alert comes in again, at another community, as the same item."""

from typing import Any

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.publishing.content import Words
from perron.publishing.models import Item
from perron.publishing.sources.importing import Options, import_file
from tests import making

pytestmark = pytest.mark.django_db

BODY = "Un texte **important** avec [un lien](https://example.org/x).\n\n- un\n- deux"


@pytest.fixture
def liege() -> Community:
    community = making.community(languages=["fr", "nl"], commune_nis="62063")
    making.platform(community)
    return community


def send(path: str) -> Item:
    response = Client().get(path)
    assert response.status_code == 200
    there = making.community("ailleurs", languages=["fr", "nl"])
    done = import_file(there, response.content, path.rsplit("/", 1)[1], Options(release=True), by=SYSTEM)
    assert (done.created, done.skipped) == (1, ())
    again = import_file(there, response.content, path.rsplit("/", 1)[1], Options(release=True), by=SYSTEM)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)
    return Item.objects.with_all().get(community=there)


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom", "feed.json"])
def test_news_comes_back_by_every_feed(liege: Community, name: str) -> None:
    making.topic()
    words = Words(title="Marché & <Noël>", summary="En bref.", body=BODY)
    item = making.released(at=liege, texts={"fr": words}, topics=("culture",))
    back = send(f"/fr/liege/{name}")
    text = back.texts.get()
    assert (back.kind, text.language, text.title, text.summary) == ("news", "fr", words.title, words.summary)
    assert text.html == item.texts.get().html
    assert [topic.slug for topic in back.topics.all()] == ["culture"]
    assert back.published_at is not None
    assert item.published_at is not None
    assert abs((back.published_at - item.published_at).total_seconds()) < 1
    assert back.origin.identifier == f"urn:uuid:{item.pk}"


EVENTS: list[dict[str, Any]] = [
    {"starts": "2030-07-04T19:00", "ends": "2030-07-04T21:30"},
    {"starts": "2030-07-04", "ends": "2030-07-06", "all_day": True},
    {"starts": "2032-07-07T18:00", "ends": "2032-07-07T20:00", "recurrence": "FREQ=WEEKLY;COUNT=6",
     "except_dates": "20320714T180000", "extra_dates": "20320801T100000",
     "moved": [{"at": "2032-07-21T18:00", "starts": "2032-07-22T20:00", "ends": "2032-07-22T23:00"}]},
    {"starts": "2032-01-08T18:00", "ends": "2032-01-08T20:00", "recurrence": "FREQ=WEEKLY;UNTIL=20320422T160000Z"},
]  # fmt: skip
KEPT = ("starts_at", "ends_at", "all_day", "time_zone", "recurrence", "except_dates", "extra_dates", "moved",
        "latitude", "longitude")  # fmt: skip


@pytest.mark.parametrize("details", EVENTS)
def test_an_event_comes_back_by_the_calendar(liege: Community, details: dict[str, Any]) -> None:
    item = making.released("event", at=liege, title="Concert, ce soir", details=details | {
        "latitude": 50.64, "longitude": 5.57,
    })  # fmt: skip
    back = send("/fr/liege/agenda.ics")
    assert back.texts.get().title == "Concert, ce soir"
    assert "Place Saint-Lambert" in back.eventdetails.place
    before = Item.objects.with_all().get(pk=item.pk).eventdetails
    for name in KEPT:
        assert getattr(back.eventdetails, name) == getattr(before, name), name


def test_an_alert_comes_back_by_its_message(liege: Community) -> None:
    texts = {"fr": Words(title="Fuite", summary="En bref."), "nl": Words(title="Lek", summary="Kort.")}
    details = {"instructions_fr": "Fermez.", "instructions_nl": "Sluit.", "category": "Fire", "severity": "Extreme",
               "status": "Exercise"}  # fmt: skip
    item = making.released("alert", at=liege, texts=texts, details=details)
    back = send(f"/liege/alerts/{item.messages.get().identifier}.cap")
    assert {text.language: text.title for text in back.texts.all()} == {"fr": "Fuite", "nl": "Lek"}
    before = Item.objects.with_all().get(pk=item.pk).alertdetails
    for name in ("status", "category", "urgency", "severity", "certainty", "instructions"):
        assert getattr(back.alertdetails, name) == getattr(before, name), name
    assert back.alertdetails.ends_at == before.ends_at.replace(microsecond=0)
