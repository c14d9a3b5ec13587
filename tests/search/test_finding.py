"""What is found by what words, in which order, and how it keeps up with releases. The same on both databases."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from perron.core import clock
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Shown, Words
from perron.publishing.models import Item, SearchEntry
from perron.publishing.search import engines
from perron.publishing.search.asking import search
from perron.publishing.search.indexing import index, index_missing
from perron.publishing.working.undoing import undo
from tests import making

pytestmark = pytest.mark.django_db


def titled(title: str, summary: str = "", body: str = "", **more: object) -> Item:
    return making.released(texts={"fr": Words(title, summary, body)}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "typed",
    ["marché", "MARCHE", "marche\u0301", "march", "noël marché", "  Noël,marche! ", "l'artisan", "été", "fur Kinder",
     "𝐌𝐀𝐑𝐂𝐇𝐄", "ｍａｒｃｈｅ", "Strasse", "straße", "oeuvre", "œuvre", "4020", "bus 4"],
)  # fmt: skip
def test_words_are_found_without_accents_capitals_and_ends(typed: str) -> None:
    item = titled("Marché de Noël", "L’artisan, l'été", "Une **œuvre** für Kinder, Straße 4020, bus n° 4.")
    titled("Autre chose", "Rien de tel.")
    assert search(typed).items == (item.pk,)


@pytest.mark.parametrize("typed", ["arché", "marchés", "noël zoo", "40", "bus 40", "strong", "example", "href"])
def test_what_is_not_there_is_not_found(typed: str) -> None:
    titled("Marché de Noël", body="Bus 4020. **Tout** sur [la page](https://example.org/).")
    assert search(typed).items == ()


def test_little_words_do_not_keep_an_item_from_being_found() -> None:
    item = titled("Vide-grenier sur les quais")
    assert search("le vide-grenier des quais de la ville").items == ()
    assert search("vide grenier à la rue des quais").items == ()
    assert search("le vide-grenier des quais").items == (item.pk,)
    # Alone, they are what is asked for.
    assert search("les").items == (item.pk,)


def test_titles_come_first_and_within_them_the_latest() -> None:
    moment = now()
    made = []
    for hours, title, body in (
        (5, "Piscine", ""),
        (4, "Travaux", "La piscine."),
        (3, "La piscine", ""),
        (2, "Autre", "Piscine"),
    ):
        with clock.travel(moment - timedelta(hours=hours)):
            made.append(titled(title, body=body).pk)
    found = search("piscine")
    assert found.items == (made[2], made[0], made[3], made[1])
    assert found.by_title == 2
    assert search("piscine", most=3).items == (made[2], made[0], made[3])


def test_what_was_dated_back_is_in_its_place() -> None:
    new = titled("Brocante nouvelle")
    old = making.draft(texts={"fr": Words("Brocante ancienne")})
    with transaction.atomic():
        old.published_at = now() - timedelta(days=400)
        releasing.release_many([(old, drafting.newest(old))], by=SYSTEM)
    assert search("brocante").items == (new.pk, old.pk)


def test_only_of_these_communities_and_of_this_kind() -> None:
    liege, herstal = making.community("liege"), making.community("herstal")
    one, other = titled("Concert", at=liege), titled("Concert", at=herstal)
    event = making.released("event", at=herstal, texts={"fr": Words("Concert")})
    assert set(search("concert").items) == {one.pk, other.pk, event.pk}
    assert search("concert", communities=[liege.pk]).items == (one.pk,)
    assert set(search("concert", communities=[liege.pk, herstal.pk]).items) == {one.pk, other.pk, event.pk}
    assert search("concert", communities=[]).items == ()
    assert search("concert", communities=[herstal.pk], kind="event").items == (event.pk,)
    assert search("concert", kind="alert").items == ()


def test_marks_are_no_words() -> None:
    community = making.community("liege")
    titled("Concert", at=community)
    assert search("news").items == ()
    assert search(community.pk.hex).items == ()
    assert search(f"§{community.pk.hex}").items == ()
    assert search("¶concert").items == search("concert").items != ()


def test_the_words_of_kinds_pictures_topics_and_other_languages() -> None:
    community = making.community("liege")
    topic = making.topic("culture")
    image = community.images.create(width=1, height=1, widths=[320])
    event = making.released(
        "event", at=community, details={"place": "Salle Sauvenière"}, topics=(topic.slug,),
        texts={"fr": Words("Bal"), "nl": Words("Dansfeest")}, pictures=(Shown(str(image.pk), {"fr": "Un accordéon"}),),
    )  # fmt: skip
    alert = making.released("alert", texts={"fr": Words("Crue")})
    works = making.released(
        "works", details={"place": "Rue Léopold", "detours_fr": "Par Saucy"}, texts={"fr": Words("X")}
    )
    document = making.released("document", details={"reference": "PU-2026/77"}, texts={"fr": Words("Y")})
    by_words = {"sauveniere": event, "culture": event, "dansfeest": event, "accordeon": event, "fermez fenêtres": alert,
                "leopold": works, "saucy": works, "pu 2026 77": document}  # fmt: skip
    for typed, item in by_words.items():
        assert search(typed).items == (item.pk,), typed


def test_a_correction_is_found_by_its_new_words_at_once() -> None:
    item = titled("Fête ancienne")
    item = drafting.save(item, making.content(title="Kermesse"), by=SYSTEM, expected=item.edition)
    assert search("ancienne").items == (item.pk,)
    assert search("kermesse").items == ()
    releasing.release(item, by=SYSTEM, expected=item.edition)
    assert search("ancienne").items == ()
    assert search("kermesse").items == (item.pk,)
    assert SearchEntry.objects.count() == 1


def test_what_is_withdrawn_expired_or_never_released_is_not_found() -> None:
    item = titled("Kermesse")
    making.draft(texts={"fr": Words("Kermesse en projet")})
    brief = titled("Kermesse brève", expires_at=(now() + timedelta(hours=2)).isoformat())
    assert search("kermesse").items == (brief.pk, item.pk)
    with clock.travel(now() + timedelta(hours=3)):
        assert search("kermesse").items == (item.pk,)
    releasing.withdraw(item, by=SYSTEM)
    assert search("kermesse").items == (brief.pk,)


def test_what_is_undone_is_not_found_and_the_text_before_it_is() -> None:
    item = titled("Fête ancienne")
    item = drafting.save(item, making.content(title="Kermesse"), by=SYSTEM, expected=item.edition)
    releasing.release(item, by=SYSTEM, expected=item.edition)
    undo(releasing.last_release(item), by=SYSTEM)
    assert search("kermesse").items == ()
    assert search("ancienne").items == (item.pk,)
    fresh = titled("Kermesse")
    undo(releasing.last_release(fresh), by=SYSTEM)
    assert search("kermesse").items == ()


def test_a_release_that_fails_leaves_no_word() -> None:
    def release_and_fail() -> None:
        with transaction.atomic():
            titled("Kermesse")
            assert search("kermesse").items
            raise RuntimeError

    with pytest.raises(RuntimeError):
        release_and_fail()
    assert search("kermesse").items == ()


def test_what_has_no_entry_gets_one() -> None:
    items = [titled(f"Kermesse {number}") for number in range(3)]
    SearchEntry.objects.all().delete()
    assert search("kermesse").items == ()
    assert index_missing() == 3
    assert index_missing() == 0
    assert set(search("kermesse").items) == {item.pk for item in items}


def test_two_items_with_the_same_key_are_both_found() -> None:
    one, other = titled("Kermesse"), titled("Kermesse")
    SearchEntry.objects.all().delete()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("perron.publishing.search.indexing.key_of", lambda _item: 7)
        index([one])
        index([other])
        index([one, other])
    assert sorted(SearchEntry.objects.values_list("pk", flat=True)) == [7, 8]
    assert set(search("kermesse").items) == {one.pk, other.pk}


def test_words_that_left_are_in_no_part_of_the_index_any_more() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("FTS5 alone keeps what was deleted")
    titled("Kermesse")
    left = titled("Zwanzeur")
    assert b"zwanzeur" in _index()
    releasing.withdraw(left, by=SYSTEM)
    assert b"zwanzeur" in _index(), "there would be nothing to tidy"
    engines.tidy()
    assert b"zwanzeur" not in _index()
    assert search("kermesse").items


def test_tidying_what_is_tidy_writes_nothing() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("FTS5 alone keeps what was deleted")
    titled("Kermesse")
    engines.tidy()
    before = _index()
    engines.tidy()
    assert _index() == before


def _index() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM publishing_search_data")
        return b"".join(bytes(row[0]) for row in cursor.fetchall())
