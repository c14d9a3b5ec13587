"""Taking a release back within its first seconds."""

from datetime import timedelta

import pytest

from perron.communities import versions
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy.acting import Actor
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.models import Item, Occurrence, Release
from perron.publishing.releasing import last_release
from perron.publishing.working.undoing import can_be_undone, undo
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Actor:
    return making.person(role="editor", at=making.community()).actor


@pytest.mark.parametrize("kind", ["news", "event", "works", "document"])
def test_a_first_release_becomes_the_draft_that_it_was(kind: str, editor: Actor) -> None:
    item = making.released(kind, by=editor)
    before = versions.current()
    undo(last_release(item), by=editor)
    item = Item.objects.get()
    assert (item.state, item.published_at, item.released_edition, item.matters_until) == ("draft", None, None, None)
    assert not Item.objects.released().exists()
    assert not Occurrence.objects.exists()
    assert [row.what for row in Release.objects.order_by("at")] == ["released", "undone"]
    assert AuditEntry.objects.get(verb="undone").actor_id == editor.id
    key = versions.of_community(item.community)
    assert versions.current()[key] > before[key]
    # It can be worked on and released again, or deleted.
    releasing.release(item, by=editor, expected=1)
    assert Item.objects.released().exists()


@pytest.mark.parametrize("kind", ["news", "event", "works", "document"])
def test_a_correction_gives_way_to_the_text_before_it(kind: str, editor: Actor) -> None:
    item = making.released(kind, by=editor, title="Avant")
    first = item.published_at
    item = drafting.save(item, making.content(kind, title="Après"), by=editor, expected=1)
    item = releasing.release(item, by=editor, expected=2)
    undo(last_release(item), by=editor)
    item = Item.objects.get()
    assert (item.state, item.released_edition, item.published_at) == ("released", 1, first)
    assert item.texts.get().title == "Avant"
    # The correction itself is still there to be worked on.
    assert item.has_unreleased_changes
    assert drafting.newest(item).title() == "Après"
    assert Occurrence.objects.count() == (kind == "event")


def test_what_was_scheduled_is_scheduled_again(editor: Actor) -> None:
    item, at = making.draft(by=editor), clock.now() + timedelta(days=1)
    releasing.schedule(item, at, by=editor, expected=1)
    item = releasing.release(item, by=editor, expected=1)
    undo(last_release(item), by=editor)
    assert (Item.objects.get().state, Item.objects.get().release_at) == ("scheduled", at)


def test_what_was_withdrawn_is_withdrawn_again(editor: Actor) -> None:
    item = making.released(by=editor)
    withdrawn = releasing.withdraw(item, by=editor).withdrawn_at
    item = releasing.release(item, by=editor, expected=1)
    undo(last_release(item), by=editor)
    assert (Item.objects.get().state, Item.objects.get().withdrawn_at) == ("withdrawn", withdrawn)


def test_after_ten_seconds_and_a_little_grace_it_is_too_late(editor: Actor) -> None:
    release = last_release(making.released(by=editor))
    with clock.travel(release.at + timedelta(seconds=14)):
        assert can_be_undone(release)
    with clock.travel(release.at + timedelta(seconds=16)):
        assert not can_be_undone(release)
        with pytest.raises(Refused, match="ten seconds"):
            undo(release, by=editor)
    assert Item.objects.released().exists()


def test_an_alert_is_not_undone_silently(editor: Actor) -> None:
    release = last_release(making.released("alert", by=editor))
    assert not can_be_undone(release)
    with pytest.raises(Refused, match="all-clear"):
        undo(release, by=editor)
    assert [message.type for message in release.item.messages.all()] == ["Alert"]


def test_what_others_did_in_the_meantime_is_not_undone(editor: Actor) -> None:
    item = making.released(by=editor)
    release = last_release(item)
    item = drafting.save(item, making.content(title="Leur correction"), by=editor, expected=1)
    releasing.release(item, by=editor, expected=2)
    assert not can_be_undone(release)
    with pytest.raises(Conflict):
        undo(release, by=editor)
    undo(last_release(item), by=editor)
    with pytest.raises(Conflict):
        undo(release, by=editor)


def test_a_draft_saved_in_the_meantime_stays(editor: Actor) -> None:
    item = making.released(by=editor)
    release = last_release(item)
    drafting.save(item, making.content(title="Leur suite"), by=editor, expected=1)
    undo(release, by=editor)
    assert (Item.objects.get().state, drafting.newest(Item.objects.get()).title()) == ("draft", "Leur suite")


def test_only_editors_undo_and_only_what_a_person_released(editor: Actor) -> None:
    release = last_release(making.released(by=editor))
    author = making.person(role="author", at=making.community())
    with pytest.raises(NotAllowed):
        undo(release, by=author.actor)
    by_itself = making.draft(by=editor)
    releasing.schedule(by_itself, clock.now() + timedelta(hours=1), by=editor, expected=1)
    with clock.travel(clock.now() + timedelta(hours=1)):
        releasing.release_due()
        with pytest.raises(Refused):
            undo(last_release(by_itself), by=editor)
