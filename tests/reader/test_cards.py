"""A card: what it says of an event's time, and of words in another language."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from perron.core import clock
from perron.publishing.content import Shown, Words
from perron.publishing.models import Image
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town() -> None:
    making.platform(making.community())


@pytest.mark.parametrize(
    ("details", "said", "not_said"),
    [
        # The leaf beside it shows the day.
        (
            {"starts": "2026-03-25T19:00", "ends": "2026-03-25T21:00"},
            [">19:00</time> – <time", ">21:00</time>"],
            "25 mars,",
        ),
        (
            {"starts": "2026-03-25T21:00", "ends": "2026-03-26T02:00"},
            [">21:00</time> – <time", ">02:00</time>"],
            "26 mars",
        ),
        (
            {"starts": "2026-03-25", "ends": "2026-03-25", "all_day": True},
            ['"2026-03-25">toute la journée</time>'],
            "du <",
        ),
        ({"starts": "2026-03-25", "ends": "2026-03-27", "all_day": True}, ["mer 25 mars", "ven 27 mars"], "toute"),
        (
            {"starts": "2026-03-25T19:00", "ends": "2026-03-27T21:00"},
            ["mer 25 mars, 19:00", "ven 27 mars, 21:00"],
            "toute",
        ),
        # A leaf has no year.
        ({"starts": "2027-01-06T19:00", "ends": "2027-01-06T21:00"}, ["mer 6 jan. 2027, 19:00"], "toute"),
    ],
)
def test_an_event_says_its_hours_beside_its_day(
    client: Client, details: dict[str, Any], said: list[str], not_said: str
) -> None:
    with clock.travel(datetime(2026, 3, 20, tzinfo=UTC)):
        making.released("event", details=details)
        html = card(client)
    assert [words for words in said if words not in html] == []
    assert not_said not in html
    assert 'class="leaf"' in html


def test_words_in_another_language_are_named_and_marked_each_as_what_they_are(client: Client) -> None:
    image = Image.objects.create(community=making.community(), width=640, height=400, widths=[320])
    making.released(
        texts={"nl": Words(title="Kerstmarkt", summary="Tot morgen.")},
        pictures=(Shown(str(image.pk), {"nl": "Kraampjes", "de": "Buden"}),),
    )
    assert "(en néerlandais)" in card(client)
    assert card(client).count('lang="nl"') == 3
    assert 'alt="Kraampjes" lang="nl"' in card(client)
    assert "lang=" not in card(client, "nl")
    assert "(in het" not in card(client, "nl")


def test_what_to_do_is_marked_with_its_own_language_where_it_is_not_that_of_the_alert(client: Client) -> None:
    words = {"fr": Words(title="Eau"), "nl": Words(title="Water")}
    making.released("alert", texts=words, details={"instructions_fr": "Bouillez.", "instructions_nl": ""})
    assert '<p class="what-to-do" dir="auto" lang="fr">Bouillez.' in card(client, "nl")
    assert '<p class="what-to-do" dir="auto">Bouillez.' in card(client, "fr")


def card(client: Client, language: str = "fr") -> str:
    (entry,) = client.get(f"/{language}/liege/cards.json").json()["cards"]
    return str(entry["html"])
