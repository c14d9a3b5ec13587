"""Each residents' page: that it answers, what the edge may keep of it, and what its head says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from perron.core import clock
from perron.core.language import LANGUAGES
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.content import Words
from perron.publishing.kinds.registry import KINDS
from perron.reader.public import DEPENDS, UNTIL
from tests import making

pytestmark = pytest.mark.django_db

PAGES = ["/fr/", "/nl/choose/", "/de/agenda/", "/en/liege/", "/fr/liege/agenda/?view=month", "/fr/liege/cards.json",
         "/fr/liege/?kind=event", "/theme/7a1f2b.css"]  # fmt: skip


@pytest.fixture(autouse=True)
def town() -> None:
    making.platform(making.community(), making.community("biblio", kind="public_service"))


@pytest.mark.parametrize(
    ("accepted", "language"),
    [("", "nl"), ("de-BE, fr;q=0.8", "fr"), ("zh", "nl"), ("fr-BE", "fr"), ("x" * 5000, "nl"), ("*", "nl")],
)
def test_the_bare_address_leads_to_the_first_wanted_language_of_the_platform(
    client: Client, accepted: str, language: str
) -> None:
    making.platform(making.community("club"), slug="club", is_front=False, host="club.example", languages=["nl", "fr"])
    response = client.get("/", headers={"host": "club.example", "accept-language": accepted})
    assert response["Location"] == f"/{language}/"


@pytest.mark.parametrize("path", PAGES)
def test_each_page_answers_and_may_be_kept_by_the_edge(client: Client, path: str) -> None:
    for kind in KINDS:
        making.released(kind)
    response = client.get(path)
    assert response.status_code == 200
    assert DEPENDS in response
    assert not response.cookies
    assert client.head(path).status_code == 200


@pytest.mark.parametrize(
    "path", ["/fr/?c=liege", "/fr/?c=liege&t=culture", "/fr/choose/?q=4000", "/fr/agenda/?c=liege"]
)
def test_a_choice_in_the_address_is_kept_by_nobody(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert DEPENDS not in response
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "no-referrer"


def test_a_choice_shows_what_was_chosen_and_nothing_else(client: Client) -> None:
    making.released(title="De la commune", topics=(making.topic("sport").slug,))
    making.released(title="De la bibliothèque", at=making.community("biblio"))
    page = client.get("/fr/?c=biblio").content.decode()
    assert "De la bibliothèque" in page
    assert "De la commune" not in page
    assert "De la commune" in client.get("/fr/?c=liege&t=sport").content.decode()
    assert "De la commune" not in client.get("/fr/?c=liege&t=culture").content.decode()


@pytest.mark.parametrize("path", ["/xx/", "/fr/nowhere/", "/fr/liege/nothing/", "/nowhere/", "/fr/liege/?kind=gossip",
                                  "/fr/liege/?page=0", "/fr/liege/?page=99", "/fr/liege/?topic=none",
                                  "/fr/agenda/?view=year", "/fr/agenda/?date=tomorrow", "/fr/agenda/?date=1999-01-01",
                                  "/theme/ffffff.css", "/fr/liege/\x00/"])  # fmt: skip
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_refusal_speaks_the_language_of_its_address(client: Client) -> None:
    page = client.get("/nl/nowhere/").content.decode()
    assert '<html lang="nl"' in page
    assert "Er is geen gemeenschap op dit adres." in page
    assert 'href="/nl/"' in page


def test_addresses_without_a_language_or_a_slash_lead_on(client: Client) -> None:
    assert client.get("/", headers={"accept-language": "de-BE,de;q=0.9"})["Location"] == "/de/"
    assert client.get("/", headers={"accept-language": "pt"})["Location"] == "/fr/"
    assert client.get("/liege/")["Location"] == "/fr/liege/"
    assert client.get("/fr/liege")["Location"] == "/fr/liege/"


def test_a_platform_shows_its_own_communities_only_and_the_front_one_all(client: Client) -> None:
    making.platform(making.community("biblio"), slug="lecture", is_front=False, host="lecture.example")
    making.community("elsewhere")
    assert client.get("/fr/biblio/", headers={"host": "lecture.example"}).status_code == 200
    assert client.get("/fr/liege/", headers={"host": "lecture.example"}).status_code == 404
    assert client.get("/fr/elsewhere/").status_code == 200


def test_fictional_content_says_so_and_stays_out_of_search_engines(client: Client) -> None:
    making.released(at=making.community("invented", fictional=True))
    for path in ("/fr/invented/", "/fr/invented/agenda/"):
        response = client.get(path)
        assert response["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert "Démonstration" in response.content.decode()
    assert "X-Robots-Tag" not in client.get("/fr/liege/")
    assert "Démonstration" not in client.get("/fr/liege/").content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_page_names_itself_in_every_language(client: Client, language: str) -> None:
    page = client.get(f"/{language}/liege/").content.decode()
    assert f'<html lang="{language}"' in page
    assert f'rel="canonical" href="http://127.0.0.1:8000/{language}/liege/"' in page
    for other in LANGUAGES:
        assert f'hreflang="{other}" href="http://127.0.0.1:8000/{other}/liege/"' in page


def test_what_matters_now_comes_first(client: Client) -> None:
    noon = datetime(2026, 3, 10, 11, tzinfo=UTC)
    with clock.travel(noon):
        making.released(title="Une nouvelle")
        making.released("event", title="À midi", details={"starts": "2026-03-10T12:30", "ends": "2026-03-10T13:00"})
        making.released("event", title="Ce soir", details={"starts": "2026-03-10T19:00", "ends": "2026-03-10T21:00"})
        making.released("alert", title="Eau à bouillir")
        page = client.get("/fr/").content.decode()
        assert page.index("Eau à bouillir") < page.index("À midi") < page.index("Ce soir") < page.index("Une nouvelle")
        assert page.count("Ce soir") == 1


def test_the_first_page_for_everybody_is_short_and_still_has_what_is_urgent(client: Client) -> None:
    making.released("alert", title="Eau à bouillir")
    ahead = str((clock.now() + timedelta(days=9)).date())
    making.released("works", title="Chantier", details={"ends_on": ahead})
    for n in range(20):
        making.released(title=f"Nouvelle {n}")
    page = client.get("/fr/").content.decode()
    assert page.count("<article") == 13
    assert "Eau à bouillir" in page
    assert "Chantier" in client.get("/fr/?c=liege").content.decode()


def test_a_page_is_true_until_the_next_thing_that_happens_by_itself(client: Client) -> None:
    noon = datetime(2026, 3, 10, 11, tzinfo=UTC)
    with clock.travel(noon):
        assert float(client.get("/fr/")[UNTIL]) == datetime(2026, 3, 10, 23, tzinfo=UTC).timestamp()
        making.released("alert", details={"ends_at": "2026-03-10T15:30"})
        for path in ("/fr/", "/fr/liege/", "/fr/liege/cards.json"):
            assert float(client.get(path)[UNTIL]) == datetime(2026, 3, 10, 14, 30, tzinfo=UTC).timestamp()
    with clock.travel(noon + timedelta(hours=5)):
        assert "data-now-alerts hidden" in client.get("/fr/").content.decode()


def test_the_document_of_a_community_takes_few_queries_however_much_it_holds(client: Client) -> None:
    counts = []
    for more in (1, 5):
        for kind in KINDS:
            for _ in range(more):
                making.released(kind, topics=(making.topic().slug,))
        with CaptureQueriesContext(connection) as queries:
            cards = client.get("/fr/liege/cards.json").json()["cards"]
        counts.append(len(queries))
    assert len(cards) == 30
    assert counts[0] == counts[1] <= 10


def test_what_still_matters_stays_in_the_document_however_old(client: Client) -> None:
    far = (clock.now() + timedelta(days=20)).date()
    old = [
        making.released("works", title="Vieux chantier", details={"ends_on": str(far)}),
        making.released("document", title="Vieille enquête", details={"deadline": str(far)}),
        making.released("event", title="Vieille annonce", details={"starts": f"{far}T19:00", "ends": f"{far}T20:00"}),
        making.released("alert", title="Alerte longue", details={"ends_at": f"{far}T12:00"}),
    ]
    old.append(making.released("document", title="Sans délai"))
    for n in range(45):
        making.released(title=f"Nouvelle {n}")
    ids = {card["id"] for card in client.get("/fr/liege/cards.json").json()["cards"]}
    assert [str(item.pk) in ids for item in old] == [True, True, True, True, False]
    releasing.withdraw(old[0], by=SYSTEM)
    assert str(old[0].pk) not in {card["id"] for card in client.get("/fr/liege/cards.json").json()["cards"]}


def test_a_card_says_when_for_the_device(client: Client) -> None:
    with clock.travel(datetime(2026, 6, 20, tzinfo=UTC)):
        making.released("event", details={"starts": "2026-07-01T19:00", "ends": "2026-07-01T21:00"})
        (card,) = client.get("/nl/liege/cards.json").json()["cards"]
    assert card["times"] == [["2026-07-01T17:00:00Z", "2026-07-01T19:00:00Z"]]
    assert card["path"].startswith("/nl/liege/")


def test_a_communitys_page_is_made_anew_when_an_alert_released_ahead_begins(client: Client) -> None:
    begins = clock.now() + timedelta(minutes=5)
    making.released("alert", details={"effective_at": begins.isoformat()})
    for _ in range(20):
        making.released()
    assert float(client.get("/fr/liege/")[UNTIL]) <= begins.timestamp()


def test_an_event_of_whole_days_is_marked_as_one(client: Client) -> None:
    day = f"{clock.today() + timedelta(days=1)}"
    making.released("event", details={"starts": day, "ends": day, "all_day": True})
    (card,) = client.get("/fr/liege/cards.json").json()["cards"]
    assert " data-all-day>" in card["html"]


def test_a_missing_language_is_said_and_marked(client: Client) -> None:
    item = making.released(texts={"nl": Words(title="Kerstmarkt", body="Tot **morgen**.")})
    page = client.get(f"/fr/liege/{item.slug}/").content.decode()
    assert "Ce texte n’existe pas en français. Vous le lisez en néerlandais." in page
    assert '<h1 dir="auto" lang="nl">Kerstmarkt</h1>' in page
    assert f'rel="canonical" href="http://127.0.0.1:8000/nl/liege/{item.slug}/"' in page
    assert 'hreflang="de" href="http' not in page
    (card,) = client.get("/fr/liege/cards.json").json()["cards"]
    assert 'lang="nl"' in card["html"]


def test_a_platform_without_communities_says_so_and_asks_nobody_to_choose(client: Client) -> None:
    making.platform(slug="bare", is_front=False, host="bare.example")
    page = client.get("/en/", headers={"host": "bare.example"}).content.decode()
    assert "No community publishes here yet." in page
    assert "data-welcome" not in page


def test_the_front_page_names_some_who_publish_and_leads_to_the_others(client: Client) -> None:
    many = [making.community(f"club-{n}") for n in range(20)]
    making.platform(*many, slug="many", is_front=False, host="many.example")
    page = client.get("/en/", headers={"host": "many.example"}).content.decode()
    assert sum(f'href="/en/{one.slug}/"' in page for one in many) == 16
    assert '<a href="/en/choose/">All places</a>' in page


def test_a_description_in_another_language_is_marked_as_such(client: Client) -> None:
    making.community("club", descriptions={"nl": "Zwemmen voor iedereen."})
    assert '<p class="lead" dir="auto" lang="nl">' in client.get("/fr/club/").content.decode()
    assert '<p class="lead" dir="auto">' in client.get("/nl/club/").content.decode()


def test_what_is_only_true_for_now_says_until_when(client: Client) -> None:
    with clock.travel(datetime(2026, 3, 10, 11, tzinfo=UTC)):
        making.community("shop", opening_hours={"week": {"tu": [["09:00", "17:00"]]}})
        making.released("alert", details={"ends_at": "2026-03-10T15:30"})
        shop = client.get("/fr/shop/").content.decode()
        assert 'data-opening data-true-until="2026-03-10T17:00+01:00"' in shop
        assert 'aria-current="date" data-true-until="2026-03-11T00:00+01:00"' in shop
        assert 'data-true-until="2026-03-10T15:30+01:00"' in client.get("/fr/").content.decode()


def test_nothing_here_is_said_in_the_platforms_colour_and_to_staff_in_the_programs_own(client: Client) -> None:
    making.platform(
        making.community(), slug="poche", name="Poche", is_front=False, host="poche.example", colour="#004d40"
    )
    missing = client.get("/fr/nobody/", headers={"host": "poche.example"})
    assert missing.status_code == 404
    assert '<link rel="stylesheet" href="/theme/004d40.css">' in missing.content.decode()
    assert ">Poche</strong>" in missing.content.decode()
    staffs = client.get("/studio/nobody/nothing/at/all/", headers={"host": "poche.example"})
    assert staffs.status_code == 404
    assert "/theme/" not in staffs.content.decode()
