"""An item's page: what each kind shows, what is harmless in it, and what is gone."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Enclosed, Shown, Words
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Attachment, Image, Item, Origin
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town() -> None:
    making.platform(making.community())


def page_of(client: Client, item: Item, language: str = "fr") -> str:
    response = client.get(f"/{language}/liege/{item.slug}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_page_and_a_card(client: Client, kind: str) -> None:
    item = making.released(kind)
    assert "Marché de Noël</h1>" in page_of(client, item)
    assert "<strong>important</strong>" in page_of(client, item)
    (card,) = client.get("/fr/liege/cards.json").json()["cards"]
    assert card["kind"] == kind
    assert f'href="/fr/liege/{item.slug}/"' in card["html"]


def test_an_event_says_when_where_how_much_and_that_registering_leads_away(client: Client) -> None:
    with clock.travel(datetime(2026, 3, 20, tzinfo=UTC)):
        details = {"starts": "2026-03-25T19:00", "ends": "2026-03-25T21:00", "recurrence": "FREQ=WEEKLY;COUNT=3",
                   "price": "€ 5", "registration_url": "https://tickets.example/x"}  # fmt: skip
        page = page_of(client, making.released("event", details=details))
    assert "mercredi 25 mars, 19:00" in page
    # 19:00 stays 19:00 although the clocks change on 29 March.
    assert 'datetime="2026-04-01T19:00+02:00"' in page
    assert "Place Saint-Lambert" in page
    assert "€ 5" in page
    assert "tickets.example</p>" in page
    assert ".ics" in page


def test_an_event_comes_as_a_calendar_file_and_nothing_else_does(client: Client) -> None:
    event, news = making.released("event", title="Foire"), making.released()
    response = client.get(f"/fr/liege/{event.slug}.ics")
    assert response["Content-Type"].startswith("text/calendar")
    assert b"SUMMARY:Foire" in response.content
    assert client.get(f"/fr/liege/{news.slug}.ics").status_code == 404


def test_an_alert_says_what_to_do_and_an_exercise_says_that_it_is_one(client: Client) -> None:
    page = page_of(client, making.released("alert"))
    assert "Fermez portes et fenêtres." in page
    assert "notice-heed" not in page
    exercise = making.released("alert", details={"status": "Exercise"})
    page = page_of(client, exercise)
    assert "notice-heed" in page
    assert "<title>Exercice\xa0: " in page
    assert 'og:title" content="Exercice\xa0: ' in page
    assert "<strong>Exercice</strong>" in page
    cards = {card["id"]: card for card in client.get("/fr/liege/cards.json").json()["cards"]}
    assert "is-exercise" in cards[str(exercise.pk)]["html"]
    assert cards[str(exercise.pk)]["alert"]["exercise"] is True


def test_works_and_documents_show_their_facts(client: Client) -> None:
    works = making.released("works", details={"detours_fr": "Par le quai", "affected_fr": "Bus 4"})
    assert all(words in page_of(client, works) for words in ("Rue Léopold", "Par le quai", "Bus 4"))
    deadline = clock.today() + timedelta(days=9)
    document = making.released("document", details={"reference": "URB/1", "deadline": str(deadline)})
    page = page_of(client, document)
    assert "URB/1" in page
    assert f'<time datetime="{deadline}">' in page


def test_a_picture_has_its_sizes_its_words_and_its_credit(client: Client) -> None:
    image = Image.objects.create(community=making.community(), width=1600, height=900, widths=[320, 960])
    shown = Shown(image=str(image.pk), alternatives={"fr": "Le pont"}, credit="Photo : ville")
    page = page_of(client, making.released(pictures=(shown,)))
    assert 'width="1600" height="900" alt="Le pont"' in page
    assert "960.webp 960w" in page
    assert 'fetchpriority="high"' in page
    assert "Photo : ville</figcaption>" in page
    assert 'property="og:image" content="http://127.0.0.1:8000/media/images/' in page
    (card,) = client.get("/fr/liege/cards.json").json()["cards"]
    assert 'loading="lazy"' in card["html"]


def test_a_file_is_named_with_its_type_and_size(client: Client) -> None:
    attachment = Attachment.objects.create(
        community=making.community(), name="plan.pdf", media_type="application/pdf", size=2_500_000
    )
    page = page_of(client, making.released(enclosures=(Enclosed(str(attachment.pk), {"fr": "Le plan"}),)))
    assert "Le plan" in page
    assert "PDF, 2,4" in page


def test_what_was_imported_says_where_it_comes_from(client: Client) -> None:
    item = making.released()
    Origin.objects.create(
        item=item,
        community=item.community,
        source="https://f.example",
        identifier="1",
        url="https://f.example/1",
        name="Hydrométrie",
        licence="CC BY 4.0",
        fingerprint="x",
    )
    page = page_of(client, item)
    assert '<a href="https://f.example/1" rel="noopener external" dir="auto">Hydrométrie</a>' in page
    assert "CC BY 4.0" in page


def test_a_correction_is_dated(client: Client) -> None:
    item = making.released()
    assert "Corrigé" not in page_of(client, item)
    item = drafting.save(item, making.content(title="Mieux"), by=SYSTEM, expected=1)
    releasing.release(item, by=SYSTEM, expected=2)
    assert "Corrigé" in page_of(client, item)


def test_the_other_languages_of_an_item_are_offered(client: Client) -> None:
    item = making.released(texts={"fr": Words(title="Foire"), "de": Words(title="Markt")})
    assert f'<a href="/de/liege/{item.slug}/" lang="de" hreflang="de">Deutsch</a>' in page_of(client, item)


def test_a_draft_does_not_exist_and_what_was_withdrawn_or_expired_is_gone(client: Client) -> None:
    draft = making.draft()
    assert client.get(f"/fr/liege/{draft.slug}/").status_code == 404
    withdrawn = making.released()
    releasing.withdraw(withdrawn, by=SYSTEM)
    answer = client.get(f"/fr/liege/{withdrawn.slug}/")
    assert answer.status_code == 410
    assert "l’a retiré" in answer.content.decode()
    expiring = making.released(expires_at=(clock.now() + timedelta(hours=1)).isoformat())
    assert "Affiché jusqu’au" in page_of(client, expiring)
    with clock.travel(clock.now() + timedelta(hours=2)):
        assert client.get(f"/fr/liege/{expiring.slug}/").status_code == 410


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}{% load x %}", "שלום עולם",
           "a\u202eb\u2066c", "nul\x00l", "👩‍👩‍👧‍👦🇧🇪", "x" * 140, "]]>&lt;", "javascript:alert(1)"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", ["news", "event"])
def test_hostile_texts_are_shown_as_text(client: Client, kind: str, text: str) -> None:
    words = Words(title=f"t {text}"[:140], summary=text, body=f"{text} [x](javascript:alert(1))")
    details = {"place": text.replace("\x00", ""), "price": text.replace("\x00", "")[:80]} if kind == "event" else {}
    item = making.released(kind, texts={"fr": words}, details=details)
    for page in (page_of(client, item), client.get("/fr/").content.decode(), client.get("/fr/liege/").content.decode(),
                 client.get("/fr/agenda/").content.decode(),
                 "".join(card["html"] for card in client.get("/fr/liege/cards.json").json()["cards"])):  # fmt: skip
        assert "alert(1)</script>" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
        assert not {"\u202e", "\u2066", "\x00"} & set(page)
    assert 'dir="auto"' in page_of(client, item)


def test_a_search_shows_hostile_words_as_text(client: Client) -> None:
    page = client.get("/fr/choose/", {"q": '"><script>alert(1)</script>\x00\u202e'}).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "\x00" not in page


def test_an_alert_that_is_over_says_so_first_and_calls_nobody_to_act(client: Client) -> None:
    with clock.travel(datetime(2026, 3, 10, 11, tzinfo=UTC)):
        item = making.released("alert", details={"ends_at": "2026-03-10T15:30"})
        assert "is-over" not in page_of(client, item)
    with clock.travel(datetime(2026, 3, 10, 16, tzinfo=UTC)):
        page = page_of(client, item)
        assert page.index("C’est terminé.") < page.index('class="what-to-do"')
        assert 'class="board is-severe is-over"' in page
