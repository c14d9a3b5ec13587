import json
import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.publishing.content import Words
from perron.publishing.models import Item
from tests import making

pytestmark = pytest.mark.django_db

BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture
def liege() -> Community:
    hours = {"week": {"mo": [["09:00", "12:00"], ["13:00", "24:00"]]}, "exceptions": {"2026-12-25": []}}
    community = making.community(
        opening_hours=hours, street="Place du Marché 2", postal_code="4000", locality="Liège", phone="04 221 80 00"
    )
    making.platform(community)
    return community


def data(path: str) -> Any:
    response = Client().get(path)
    assert response.status_code == 200
    blocks = BLOCK.findall(response.content.decode())
    assert len(blocks) <= 1
    return json.loads(blocks[0]) if blocks else None


def page(item: Item) -> str:
    return f"/fr/{item.community.slug}/{item.slug}/"


TYPES = {
    "news": "NewsArticle",
    "event": "Event",
    "alert": "SpecialAnnouncement",
    "works": "NewsArticle",
    "document": "DigitalDocument",
}


@pytest.mark.parametrize(("kind", "type_"), TYPES.items())
def test_every_kind_has_its_type(liege: Community, kind: str, type_: str) -> None:
    item = making.released(kind, at=liege)
    told = data(page(item))
    assert (told["@context"], told["@type"]) == ("https://schema.org", type_)
    assert told["url"] == f"http://127.0.0.1:8000{page(item)}"
    assert told["inLanguage"] == "fr"
    assert "Marché de Noël" in {told.get("name"), told.get("headline")}
    assert None not in told.values()
    assert "" not in told.values()


def test_an_event_has_what_search_engines_require(liege: Community) -> None:
    details = {"starts": "2030-01-07T19:00", "ends": "2030-01-07T21:00", "recurrence": "FREQ=WEEKLY;BYDAY=MO;COUNT=3",
               "price": "€ 5,50", "registration_url": "https://example.org/x"}  # fmt: skip
    told = data(page(making.released("event", at=liege, details=details)))
    assert (told["startDate"], told["endDate"]) == ("2030-01-07T19:00:00+01:00", "2030-01-07T21:00:00+01:00")
    assert told["location"]["name"] == "Place Saint-Lambert"
    assert told["offers"] == {"@type": "Offer", "url": "https://example.org/x", "price": "5.50", "priceCurrency": "EUR"}
    schedule = told["eventSchedule"]
    assert (schedule["repeatFrequency"], schedule["repeatCount"]) == ("P1W", 3)
    assert schedule["byDay"] == ["https://schema.org/Monday"]
    assert told["organizer"]["@type"] == "GovernmentOrganization"


def test_a_whole_day_is_a_date_and_its_last_day_is_included(liege: Community) -> None:
    details = {"starts": "2030-01-07", "ends": "2030-01-08", "all_day": True, "price": "Gratuit"}
    told = data(page(making.released("event", at=liege, details=details)))
    assert (told["startDate"], told["endDate"]) == ("2030-01-07", "2030-01-08")
    assert told["isAccessibleForFree"] is True


def test_nothing_is_told_of_an_exercise(liege: Community) -> None:
    assert data(page(making.released("alert", at=liege, details={"status": "Exercise"}))) is None


def test_a_community_tells_where_it_is_and_when_it_is_open(liege: Community) -> None:
    told = data("/fr/liege/")
    assert (told["@type"], told["telephone"]) == ("GovernmentOrganization", "04 221 80 00")
    place = told["location"]
    assert place["address"]["streetAddress"] == "Place du Marché 2"
    assert [(day["dayOfWeek"], day["opens"], day["closes"]) for day in place["openingHoursSpecification"]] == [
        ("https://schema.org/Monday", "09:00", "12:00"),
        ("https://schema.org/Monday", "13:00", "23:59"),
    ]
    (closed,) = place["specialOpeningHoursSpecification"]
    assert date.fromisoformat(closed["validFrom"]) == date(2026, 12, 25)
    assert closed["opens"] == closed["closes"] == "00:00"


@pytest.mark.parametrize("title", ["</script><script>alert(1)</script>", "<!--<script>", "a\u2028b & c"])
def test_no_title_ends_the_block(liege: Community, title: str) -> None:
    item = making.released(at=liege, texts={"fr": Words(title=title)})
    html = Client().get(page(item)).content.decode()
    (block,) = BLOCK.findall(html)
    assert not set(block) & set("<>&\u2028")
    assert json.loads(block)["headline"] == item.texts.get().title
    assert "alert(1)</script>" not in html
