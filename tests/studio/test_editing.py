"""Writing: nothing typed is lost, nothing of others is overwritten."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from perron.communities.models import Area, Community
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from tests import making


def page(item: Item) -> str:
    return reverse("studio:edit", args=[item.community.slug, item.pk])


def newest(item: Item) -> Any:
    item.refresh_from_db()
    return drafting.newest(item)


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_draft_of_each_kind_is_kept(kind: str, liege: Community, author: Client) -> None:
    response = author.post(f"/studio/liege/new/{kind}/", {"action": "save"})
    item = Item.objects.get()
    assert response["Location"] == page(item)
    assert author.get(page(item)).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_opens_as_it_was_saved(kind: str, liege: Community, editor: Client) -> None:
    item = making.draft(kind, at=liege)
    before = newest(item)
    form = editor.get(page(item)).context
    posted = {name: value for name, value in fields(form).items() if value not in (None, False, "")}
    editor.post(page(item), posted | {"action": "save", "edition": 1})
    after = newest(item)
    assert after.texts["fr"] == before.texts["fr"]
    assert {name: after.details.get(name) for name in before.details} == before.details


def fields(context: Any) -> dict[str, Any]:
    shown = [field for panel in context["panels"] for field in [*panel["fields"], panel["body"]]]
    return {field.html_name: field.value() for field in [*shown, *context["details"], *context["belonging"]]}


def test_an_unknown_kind_does_not_exist(liege: Community, editor: Client) -> None:
    assert editor.get("/studio/liege/new/poem/").status_code == 404


def test_what_was_typed_comes_back_with_the_problems(liege: Community, editor: Client) -> None:
    answers = {"action": "release", "title_nl": "", "summary_nl": "Kort", "body_fr": "Le texte", "starts": "bientôt",
               "place": "Ici", "topics": "", "expires_at": "jamais"}  # fmt: skip
    response = editor.post("/studio/liege/new/event/", answers)
    assert response.status_code == 422
    text = response.content.decode()
    for typed in ("Kort", "Le texte", "bientôt", "Ici", "jamais"):
        assert typed in text
    for anchor in ("#id_title_fr", "#id_title_nl", "#id_starts", "#id_expires_at"):
        assert f'href="{anchor}"' in text
    assert 'id="id_starts_error"' in text
    assert ">Starts: Write the date and time" in text
    assert Item.objects.get().state == "draft"
    assert newest(Item.objects.get()).details["starts"] == "bientôt"


@pytest.mark.parametrize(
    "value",
    # The last two PostgreSQL could refuse; the others are words like any.
    [
        *(
            pytest.param(words, marks=pytest.mark.once)
            for words in ("<script>alert(1)</script>", "🎄" * 200, "حفلة", "a\u202eb")
        ),
        "a\0b",
        "x" * 60_000,
    ],
)
@pytest.mark.parametrize("name", ["title_fr", "body_fr", "place", "starts", "expires_at", "price"])
def test_no_value_breaks_the_editor(name: str, value: str, liege: Community, editor: Client) -> None:
    response = editor.post("/studio/liege/new/event/", {"action": "save", name: value})
    assert response.status_code == 302
    text = editor.get(response["Location"]).content.decode()
    assert "<script>alert" not in text
    assert "\0" not in text
    assert "\u202e" not in text
    assert editor.post(response["Location"], {"action": "release", name: value, "edition": 1}).status_code == 422


def test_identifiers_of_nothing_are_left_out(liege: Community, editor: Client) -> None:
    theirs = Area.objects.create(community=making.community("namur"), slug="citadelle", names={"fr": "Citadelle"})
    answers = {"action": "save", "topics": ["nothing"], "areas": ["nothing", str(theirs.pk)], "picture": "nothing",
               "enclosure": "../..", "edition": "x" * 50}  # fmt: skip
    editor.post("/studio/liege/new/news/", answers)
    content = newest(Item.objects.get())
    assert (content.topics, content.areas, content.pictures, content.enclosures) == ((), (), (), ())


def test_the_second_editor_sees_both_texts_and_overwrites_nothing(liege: Community, editor: Client) -> None:
    item = making.draft(at=liege, title="Au départ")
    drafting.save(item, making.content(title="Leur titre"), by=SYSTEM, expected=1)
    response = editor.post(
        page(item), {"action": "save", "edition": 1, "title_fr": "Mon titre", "body_fr": "Mon texte"}
    )
    assert response.status_code == 409
    text = response.content.decode()
    assert "Leur titre" in text
    assert text.count("Mon titre") >= 2
    assert "Mon texte" in text
    assert newest(item).title() == "Leur titre"
    # The form now stands on the newest revision: saving it again is a decision.
    assert 'name="edition" value="2"' in text
    editor.post(page(item), {"action": "save", "edition": 2, "title_fr": "Mon titre", "body_fr": "Mon texte"})
    assert newest(item).title() == "Mon titre"


@pytest.mark.parametrize("edition", ["", "0", "-1", "99", "one", "1" * 30, "１"])
def test_a_form_from_nowhere_overwrites_nothing(edition: str, liege: Community, editor: Client) -> None:
    item = making.draft(at=liege, title="Au départ")
    assert editor.post(page(item), {"edition": edition, "title_fr": "Pris"}).status_code == 409
    assert newest(item).title() == "Au départ"


def test_saving_without_a_change_writes_no_revision(liege: Community, editor: Client) -> None:
    item = making.draft(at=liege)
    answers = {"edition": 1, "title_fr": "Marché de Noël", "summary_fr": "En bref.",
               "body_fr": "Un texte **important**."}  # fmt: skip
    editor.post(page(item), answers | {"action": "save"})
    item.refresh_from_db()
    assert item.edition == 1


def test_a_correction_says_what_residents_do_not_see_yet(liege: Community, editor: Client) -> None:
    item = making.released(at=liege)
    editor.post(page(item), {"action": "save", "edition": 1, "title_fr": "Marché de Pâques"})
    text = editor.get(page(item)).content.decode()
    assert "Residents still see the older text" in text
    assert "Marché de Noël" in text
    assert "Release the correction" in text


def test_a_form_from_another_site_is_refused(liege: Community) -> None:
    person = making.person(role="editor", at=liege)
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    for address in ("new/news/", "alert/", "rendered/"):
        assert client.post(f"/studio/liege/{address}", {"action": "save", "title_fr": "Pris"}).status_code == 403
    assert not Item.objects.exists()
