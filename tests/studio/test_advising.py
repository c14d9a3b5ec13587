"""The content check beside the editor, and the list of dead links."""

from datetime import timedelta

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.core.clock import now
from perron.publishing.content import Words
from perron.publishing.leading.collecting import collect
from perron.publishing.models import Address, Item
from tests import making

GENERIC = {"fr": Words(title="Stages", body="Inscriptions : [cliquez ici](https://stages.liege.be/).")}


def page(client: Client, item: Item) -> str:
    return client.get(f"/studio/liege/items/{item.pk}/").content.decode()


def fail(url: str) -> None:
    Address.objects.filter(url=url).update(
        state="dead", failure=404, failing_since=now() - timedelta(days=2), checked_at=now()
    )


def test_the_editor_shows_what_could_be_better(liege: Community, author: Client) -> None:
    shown = page(author, making.draft(texts=GENERIC))
    assert "The name of this link does not say where it leads." in shown
    assert 'href="#id_body_fr"' in shown
    assert "2 hints" in shown, "and the languages that are missing"


def test_hints_never_keep_an_item_from_going_out(liege: Community, editor: Client) -> None:
    item = making.draft(texts=GENERIC)
    form = {"action": "release", "edition": 1, "title_fr": "Stages", "body_fr": GENERIC["fr"].body}
    assert editor.post(f"/studio/liege/items/{item.pk}/", form).status_code == 302
    assert Item.objects.released().get() == item


def test_what_is_typed_is_looked_at_before_it_is_saved(liege: Community, author: Client) -> None:
    item = making.draft()
    form = {"title_fr": "Marché", "body_fr": "Rendez-vous le 31 juin."}
    for address in (f"/studio/liege/advised/?item={item.pk}", "/studio/liege/advised/?kind=news"):
        answer = author.post(address, form)
        assert answer.status_code == 200
        assert "There is no such day." in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
    item.refresh_from_db()
    assert item.edition == 1


@pytest.mark.parametrize("query", ["", "kind=poem", "item=nothing", "item=01890000-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_not_looked_at(liege: Community, author: Client, query: str) -> None:
    assert author.post(f"/studio/liege/advised/?{query}").status_code == 404


def test_nobody_looks_at_another_communitys_item(liege: Community, author: Client) -> None:
    theirs = making.draft(at=making.community("namur"))
    assert author.post(f"/studio/liege/advised/?item={theirs.pk}").status_code == 404
    assert author.post(f"/studio/namur/advised/?item={theirs.pk}").status_code == 404


def test_a_language_left_behind_is_told_from_the_history(liege: Community, author: Client) -> None:
    both = {
        "fr": Words("Marché", "", "Le marché a lieu samedi à 9 h."),
        "nl": Words("Markt", "", "De markt is om 9 uur."),
    }
    item = making.draft(texts=both)
    form = {"edition": 1, "title_fr": "Marché", "body_fr": "Le marché a lieu samedi à 10 h.", "title_nl": "Markt",
            "body_nl": "De markt is om 9 uur."}  # fmt: skip
    author.post(f"/studio/liege/items/{item.pk}/", form | {"action": "save"})
    assert "Nederlands is older than Français." in page(author, item)


def test_dead_links_are_on_the_first_screen_in_a_list_and_beside_the_text(liege: Community, author: Client) -> None:
    item = making.released(texts=GENERIC)
    making.released(texts=GENERIC)
    making.released(texts=GENERIC, at=making.community("namur"))
    collect()
    assert "leads nowhere" not in author.get("/studio/liege/").content.decode()
    assert "still leads somewhere" in author.get("/studio/liege/links/").content.decode()
    fail("https://stages.liege.be/")
    assert "1 link in your texts leads nowhere" in author.get("/studio/liege/").content.decode()
    listed = author.get("/studio/liege/links/").content.decode()
    assert listed.count('href="https://stages.liege.be/"') == 1
    assert listed.count("/studio/liege/items/01") == 2
    assert "/studio/namur/items/" not in listed
    assert "404" in page(author, item)


def test_what_could_not_be_checked_is_no_hint(liege: Community, author: Client) -> None:
    item = making.released(texts=GENERIC)
    collect()
    Address.objects.update(state="unclear")
    shown = page(author, item)
    assert "2 hints" in shown
    assert "Could not be checked" in shown
    assert "Could not be checked" in author.get("/studio/liege/links/").content.decode()
    assert "leads nowhere" not in author.get("/studio/liege/").content.decode()
