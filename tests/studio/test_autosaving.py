"""Saving by itself: nothing is lost, nothing of others is overwritten, and the history stays short."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Revision
from perron.publishing.working.autosaving import RUN, autosave
from tests import making
from tests.studio.conftest import signed_in


def page(item: Item) -> str:
    return reverse("studio:autosave", args=[item.community.slug, item.pk])


def typed(client: Client, address: str, edition: int, title: str, form: object = "", **more: Any) -> Any:
    return client.post(address, {"edition": edition, "title_fr": title, "form": form, **more})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("answers", [{}, {"title_fr": "x"}, {"starts": "bientôt", "repeat": "?", "repeat_until": "?"}])
def test_an_incomplete_form_of_each_kind_is_kept(
    kind: str, answers: dict[str, str], liege: Community, author: Client
) -> None:
    begun = author.post(f"/studio/liege/new/{kind}/autosave/", answers | {"form": uuid4()})
    assert begun.status_code == 200
    body = begun.json()
    assert body["said"].startswith("Saved at ")
    assert author.get(body["address"]).status_code == 200
    again = author.post(body["autosave"], answers | {"edition": body["edition"], "summary_nl": "kort"})
    assert (again.status_code, again.json()["edition"]) == (200, 2)


@pytest.mark.once
def test_an_hour_of_typing_leaves_a_state_every_ten_minutes(liege: Community, author: Client) -> None:
    item, form = making.draft(at=liege), uuid4()
    start = clock.now()
    for step in range(100):
        with clock.travel(start + timedelta(seconds=36 * step)):
            edition = Item.objects.get().edition
            assert typed(author, page(item), edition, f"Mot {step}", form).status_code == 200
    assert Item.objects.get().working_title == "Mot 99"
    assert Revision.objects.filter(item=item).count() == 1 + timedelta(hours=1) // RUN
    assert AuditEntry.objects.filter(verb="autosave").count() == timedelta(hours=1) // RUN


def test_a_deliberate_save_is_a_version_of_its_own(liege: Community, author: Client) -> None:
    item, form = making.draft(at=liege), uuid4()
    typed(author, page(item), 1, "Un", form)
    edit = reverse("studio:edit", args=["liege", item.pk])
    author.post(edit, {"edition": 2, "form": form, "title_fr": "Un", "action": "save"})
    kept = Revision.objects.get(item=item, number=2)
    assert kept.automatic_since is None
    typed(author, page(item), 2, "Deux", form)
    assert [each.number for each in Revision.objects.filter(item=item).order_by("number")] == [1, 2, 3]


def test_an_answer_that_got_lost_is_no_conflict(liege: Community, author: Client) -> None:
    item, form = making.draft(at=liege), uuid4()
    typed(author, page(item), 1, "Un", form)
    assert typed(author, page(item), 1, "Un deux", form).status_code == 200
    edit = reverse("studio:edit", args=["liege", item.pk])
    saved = author.post(edit, {"edition": 1, "form": form, "title_fr": "Un deux trois", "action": "save"})
    assert saved.status_code == 302
    assert Item.objects.get().working_title == "Un deux trois"


def test_a_new_item_whose_first_answer_got_lost_is_begun_once(liege: Community, author: Client) -> None:
    form = uuid4()
    for title in ("Un", "Un deux"):
        assert typed(author, "/studio/liege/new/news/autosave/", 0, title, form).status_code == 200
    assert Item.objects.get().working_title == "Un deux"
    stranger = signed_in(making.person(role="author", at=making.community("namur")))
    assert typed(stranger, "/studio/namur/new/news/autosave/", 0, "Pris", form).status_code == 200
    assert Item.objects.count() == 2


def test_the_second_of_two_forms_is_told_and_gets_both_texts(liege: Community, author: Client) -> None:
    item = making.draft(at=liege)
    mine, theirs = uuid4(), uuid4()
    assert typed(author, page(item), 1, "Leur titre", theirs).status_code == 200
    # The same person in another tab is somebody else, too; and the number that was replaced is no way in.
    typed(author, page(item), 2, "Leur titre encore", theirs)
    for edition in (1, 2):
        told = typed(author, page(item), edition, "Mon titre", mine)
        assert told.status_code == 409
        body = told.json()
        assert "Leur titre encore" in body["html"]
        assert "Mon titre" in body["html"]
        assert body["edition"] == 3
    assert Item.objects.get().working_title == "Leur titre encore"


def test_a_released_text_is_not_touched_and_what_goes_out_by_itself_neither(liege: Community, editor: Client) -> None:
    item, form = making.draft(at=liege), uuid4()
    typed(editor, page(item), 1, "Un", form)
    item.refresh_from_db()
    releasing.release(item, by=SYSTEM, expected=2)
    typed(editor, page(item), 2, "Deux", form)
    assert Revision.objects.get(item=item, number=2).content["texts"]["fr"]["title"] == "Un"
    assert item.texts.get().title == "Un"
    other = making.draft(at=liege)
    releasing.schedule(other, clock.now() + timedelta(hours=1), by=SYSTEM, expected=1)
    told = typed(editor, page(other), 1, "À moitié", form)
    assert (told.status_code, told.json()["html"]) == (409, "")
    assert drafting.newest(other).title() == "Marché de Noël"
    assert "data-autosave" not in editor.get(reverse("studio:edit", args=["liege", other.pk])).content.decode()


def test_only_members_save(liege: Community) -> None:
    item = making.draft(at=liege)
    stranger = making.person(role="editor", at=making.community("namur"))
    with pytest.raises(NotAllowed):
        autosave(item, making.content(title="Pris"), by=stranger.actor, expected=1)
    assert typed(signed_in(stranger), page(item), 1, "Pris").status_code == 404


def test_a_form_without_a_number_overwrites_nothing(liege: Community) -> None:
    item = making.draft(at=liege)
    with pytest.raises(Conflict):
        autosave(item, making.content(title="Pris"), by=SYSTEM, expected=-1)
