"""Every screen, for every role, and for those who have no business there."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core.clock import today
from perron.publishing.content import Words
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.statistics.counting import Opened, add
from tests import making
from tests.studio.conftest import signed_in

OF_AN_ITEM = ["edit", "preview", "previewed", "discard", "history", "review"]
AUTHORS = ["home", "listing", "alert", "reach", "elsewhere", "links", "plan", "templates", *OF_AN_ITEM]
EDITORS = ["release", "schedule", "withdraw"]
ADMINISTRATORS = ["settings"]


def address(name: str, item: Item) -> str:
    arguments: list[Any] = [item.community.slug]
    if name in {*OF_AN_ITEM, *EDITORS}:
        arguments.append(item.pk)
    if name == "previewed":
        arguments.append("fr")
    return reverse(f"studio:{name}", args=arguments)


@pytest.mark.parametrize("name", [*AUTHORS, *EDITORS, *ADMINISTRATORS])
def test_each_screen_opens_for_those_who_may(
    name: str, liege: Community, author: Client, editor: Client, administrator: Client
) -> None:
    page = address(name, making.draft(at=liege))
    allowed = {
        author: name in AUTHORS,
        editor: name not in ADMINISTRATORS,
        administrator: True,
    }
    for client, may in allowed.items():
        response = client.get(page)
        assert response.status_code == (200 if may else 403)
        assert response["Cache-Control"] == "no-store"
        if not may:
            assert "does not allow you to" in response.content.decode()


@pytest.mark.parametrize("name", [*AUTHORS, *EDITORS, *ADMINISTRATORS])
def test_nobody_sees_the_screens_of_another_community(name: str, liege: Community, editor: Client) -> None:
    theirs = making.draft(at=making.community("namur"))
    stranger = signed_in(making.person(role="administrator", at=theirs.community))
    assert stranger.get(address(name, theirs)).status_code == 200
    response = editor.get(address(name, theirs))
    assert response.status_code == 404
    assert "Marché de Noël" not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", [*OF_AN_ITEM, *EDITORS])
def test_another_communitys_item_is_not_reached_through_ones_own(name: str, liege: Community, editor: Client) -> None:
    theirs = making.draft(at=making.community("namur"))
    page = address(name, theirs).replace("/namur/", "/liege/")
    assert editor.get(page).status_code == 404
    assert editor.post(page, {"action": "save", "edition": 1, "title_fr": "Pris"}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.edition == 1
    assert theirs.state == "draft"


def test_who_is_not_signed_in_is_asked_to(liege: Community) -> None:
    response = Client().get("/studio/liege/items/?kind=news")
    assert response.status_code == 302
    assert response["Location"] == "/account/sign-in/?next=/studio/liege/items/%3Fkind%3Dnews"


def test_who_has_one_community_goes_straight_to_it(editor: Client) -> None:
    assert editor.get("/studio/")["Location"] == "/studio/liege/"


def test_who_has_several_chooses(liege: Community) -> None:
    making.community("namur")
    page = signed_in(making.person(role="administrator")).get("/studio/").content.decode()
    assert "/studio/liege/" in page
    assert "/studio/namur/" in page


def test_who_has_none_is_told_what_to_do(liege: Community) -> None:
    person = making.person("nobody@example.org")
    response = signed_in(person).get("/studio/")
    assert response.status_code == 200
    assert "nobody@example.org" in response.content.decode()
    assert "/studio/liege/" not in response.content.decode()


def test_the_alert_button_is_the_first_thing_on_the_first_screen(liege: Community, editor: Client) -> None:
    making.released("alert", at=liege, title="Fumées")
    making.draft(at=liege)
    main = editor.get("/studio/liege/").content.decode().split("<main", 1)[1]
    assert main.index("<a ") == main.index('<a class="button button-warn alarm-big" href="/studio/liege/alert/"')


def test_the_first_screen_shows_what_is_live_waiting_and_unfinished(liege: Community, editor: Client) -> None:
    making.draft(at=liege, title="Un brouillon")
    making.released(at=liege, title="Une nouvelle")
    making.released("alert", at=liege, title="Une alerte")
    making.released("alert", at=liege, title="Un exercice", details={"status": "Exercise"})
    page = editor.get("/studio/liege/").content.decode()
    for title in ("Un brouillon", "Une nouvelle", "Une alerte", "Un exercice"):
        assert title in page
    assert page.count("Give the all-clear") == 2
    assert page.count("Exercise in force") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_author_is_not_offered_what_they_may_not_do(kind: str, liege: Community, author: Client) -> None:
    item = making.released(kind, at=liege)
    page = author.get(f"/studio/liege/items/{item.pk}/").content.decode()
    assert 'value="release"' not in page
    assert f"items/{item.pk}/withdraw/" not in page
    assert 'value="save"' in page


def test_the_list_is_filtered_and_searched(liege: Community, editor: Client) -> None:
    making.draft(at=liege, title="La piscine")
    making.released("event", at=liege, title="Le concert")
    making.released("works", at=liege, title="La rue")

    def titles(query: str) -> set[str]:
        page = editor.get(f"/studio/liege/items/?{query}").content.decode()
        return {title for title in ("La piscine", "Le concert", "La rue") if title in page}

    assert titles("") == {"La piscine", "Le concert", "La rue"}
    assert titles("kind=event") == {"Le concert"}
    assert titles("state=draft") == {"La piscine"}
    assert titles("state=live") == {"Le concert", "La rue"}
    assert titles("q=piscine") == {"La piscine"}
    assert titles("q=<script>") == set()
    assert titles("kind=nonsense&state=%00&after=nonsense&q=%00") == {"La piscine", "Le concert", "La rue"}


def test_the_list_goes_on_page_by_page(liege: Community, editor: Client) -> None:
    for number in range(53):
        making.draft(at=liege, title=f"Numéro {number:02}")
    first = editor.get("/studio/liege/items/?q=num%C3%A9ro")
    older = first.context["older"]
    assert "Numéro 52" in first.content.decode()
    second = editor.get(f"/studio/liege/items/?{older}").content.decode()
    assert "Numéro 02" in second
    assert "Numéro 03" not in second


def test_the_preview_may_be_framed_by_the_studio_alone(liege: Community, editor: Client) -> None:
    item = making.draft("event", at=liege)
    framed = editor.get(f"/studio/liege/items/{item.pk}/preview/fr/")
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert "Marché de Noël" in framed.content.decode()
    outer = editor.get(f"/studio/liege/items/{item.pk}/preview/")
    assert "frame-ancestors 'none'" in outer["Content-Security-Policy"]
    assert f"/studio/liege/items/{item.pk}/preview/fr/" in outer.content.decode()


@pytest.mark.parametrize("kind", KINDS)
def test_an_unfinished_draft_of_each_kind_can_be_previewed(kind: str, liege: Community, editor: Client) -> None:
    empty = making.draft(kind, at=liege, title="", details=dict.fromkeys(making.DETAILS[kind], ""))
    begun = making.draft(kind, at=liege, details=dict.fromkeys([*making.DETAILS[kind], "starts", "starts_on"], "?"))
    assert "Write a title first" in editor.get(f"/studio/liege/items/{empty.pk}/preview/fr/").content.decode()
    assert "Marché de Noël" in editor.get(f"/studio/liege/items/{begun.pk}/preview/de/").content.decode()


def test_markdown_is_rendered_as_the_public_page_will_have_it(liege: Community, editor: Client) -> None:
    response = editor.post("/studio/liege/rendered/", {"body": "**gras** <script>alert(1)</script>\0"})
    assert response.content.decode().startswith("<p><strong>gras</strong> &lt;script&gt;")
    assert editor.get("/studio/liege/rendered/").status_code == 405


def test_how_often_it_was_opened_stands_on_the_first_screen_and_beside_the_item(
    liege: Community, author: Client
) -> None:
    item, other = making.released(at=liege), making.released(at=liege)
    pages = (
        ("studio:home", [liege.slug]),
        ("studio:edit", [liege.slug, item.pk]),
        ("studio:edit", [liege.slug, other.pk]),
    )
    assert not any("in four weeks" in author.get(reverse(name, args=at)).content.decode() for name, at in pages)
    add({(Opened(UUID(int=1), liege.pk, f"item:{item.pk}"), today()): 3})
    home, beside, beside_other = (author.get(reverse(name, args=at)).content.decode() for name, at in pages)
    assert "Your pages were opened 3 times in four weeks" in home
    assert "Opened 3 times in four weeks" in beside
    assert "in four weeks" not in beside_other


def test_items_are_called_in_the_language_of_who_reads(editor: Client, liege: Community) -> None:
    both = making.draft(at=liege, texts={"fr": Words("Marché de Noël"), "de": Words("Weihnachtsmarkt")})
    making.draft(at=liege, texts={"fr": Words("Conseil communal")})
    Person.objects.filter(email="editor@example.org").update(language="de")
    listed = editor.get("/studio/liege/items/").content.decode()
    assert ("Weihnachtsmarkt" in listed, "Marché de Noël" in listed, "Conseil communal" in listed) == (
        True,
        False,
        True,
    )
    assert "Weihnachtsmarkt</h1>" in editor.get(f"/studio/liege/items/{both.pk}/").content.decode()
