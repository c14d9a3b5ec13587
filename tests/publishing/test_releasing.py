from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from perron.communities import versions
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.core.language import LANGUAGES
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.content import Content, Words
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Occurrence, Release, Text
from perron.publishing.presenting import present, present_draft
from tests import making

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", KINDS)
def test_a_released_item_of_every_kind_can_be_presented(kind: str) -> None:
    item = making.released(kind)
    story = present(Item.objects.released().with_all().get(pk=item.pk), "fr")
    assert (story.title, story.kind) == ("Marché de Noël", kind)
    assert "<strong>important</strong>" in story.html


def test_a_release_leaves_outbox_audit_and_version_behind() -> None:
    editor = making.person(role="editor", at=making.community())
    before = versions.current()
    item = making.released(by=editor.actor)
    key = versions.of_community(item.community)
    assert Release.objects.get().item == item
    assert AuditEntry.objects.get(verb="released").actor_id == editor.pk
    assert versions.current().get(key, 0) > before.get(key, 0)


def test_the_public_keeps_the_old_text_while_a_correction_is_written() -> None:
    item = making.released()
    item = drafting.save(item, making.content(title="Autre titre"), by=SYSTEM, expected=1)
    assert Text.objects.get().title == "Marché de Noël"
    assert item.has_unreleased_changes
    releasing.release(item, by=SYSTEM, expected=2)
    assert Text.objects.get().title == "Autre titre"
    assert [row.what for row in Release.objects.order_by("at")] == ["released", "corrected"]


def test_the_second_of_two_editors_is_told_and_overwrites_nothing() -> None:
    item = making.draft()
    drafting.save(item, making.content(title="Le premier"), by=SYSTEM, expected=1)
    with pytest.raises(Conflict):
        drafting.save(item, making.content(title="Le second"), by=SYSTEM, expected=1)
    item.refresh_from_db()
    assert drafting.newest(item).title() == "Le premier"


def test_an_author_may_write_but_not_release() -> None:
    community = making.community()
    author = making.person(role="author", at=community)
    item = making.draft(by=author.actor)
    with pytest.raises(NotAllowed):
        releasing.release(item, by=author.actor, expected=1)
    assert not Item.objects.released().exists()


def test_a_scheduled_item_goes_out_when_its_moment_comes() -> None:
    item = making.draft()
    with pytest.raises(Refused):
        releasing.schedule(item, clock.now() - timedelta(minutes=1), by=SYSTEM, expected=1)
    releasing.schedule(item, clock.now() + timedelta(hours=1), by=SYSTEM, expected=1)
    assert releasing.release_due() == 0
    with clock.travel(clock.now() + timedelta(hours=1, seconds=1)):
        assert releasing.release_due() == 1
        assert releasing.release_due() == 0
    assert Item.objects.get().state == "released"


def test_what_would_end_before_it_begins_is_not_scheduled() -> None:
    at = clock.now() + timedelta(hours=2)
    item = making.draft(expires_at=(at - timedelta(hours=1)).isoformat())
    with pytest.raises(releasing.NotReady) as refusal:
        releasing.schedule(item, at, by=SYSTEM, expected=1)
    assert [problem.field for problem in refusal.value.problems] == ["expires_at"]
    releasing.schedule(item, at - timedelta(minutes=90), by=SYSTEM, expected=1)


def test_an_author_cannot_slip_words_into_what_goes_out_by_itself() -> None:
    community = making.community()
    author = making.person(role="author", at=community).actor
    editor = making.person(role="editor", at=community).actor
    item = making.draft(by=author)
    at = clock.now() + timedelta(hours=1)
    releasing.schedule(item, at, by=editor, expected=1)
    with pytest.raises(Conflict, match="scheduled"):
        drafting.save(item, making.content(title="Never seen by an editor"), by=author, expected=1)
    drafting.save(item, making.content(title="By the editor"), by=editor, expected=1)
    with clock.travel(at):
        releasing.release_due()
    assert Text.objects.get(item=item).title == "By the editor"


def test_one_scheduled_item_that_fails_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = making.draft(), making.draft()
    at = clock.now() + timedelta(hours=1)
    for item in (broken, fine):
        releasing.schedule(item, at, by=SYSTEM, expected=1)
    newest = drafting.newest

    def read(item: Item) -> Content:
        if item.pk == broken.pk:
            raise ZeroDivisionError
        return newest(item)

    monkeypatch.setattr(drafting, "newest", read)
    with clock.travel(at):
        assert releasing.release_due() == 1
    assert [Item.objects.get(pk=item.pk).state for item in (broken, fine)] == ["scheduled", "released"]


def test_what_is_withdrawn_takes_no_place_among_what_still_matters() -> None:
    item = making.released("works")
    assert item.matters_until
    assert releasing.withdraw(item, by=SYSTEM).matters_until is None


def test_a_withdrawn_item_is_gone_with_its_occurrences() -> None:
    item = making.released("event")
    assert Occurrence.objects.count() == 1
    releasing.withdraw(item, by=SYSTEM)
    assert not Item.objects.released().exists()
    assert not Occurrence.objects.exists()


def test_an_incomplete_draft_is_kept_but_not_released() -> None:
    item = drafting.begin(making.community(), "event", Content(details={"starts": "soon"}), by=SYSTEM)
    with pytest.raises(releasing.NotReady) as refusal:
        releasing.release(item, by=SYSTEM, expected=1)
    assert {problem.field for problem in refusal.value.problems} == {"title_fr", "starts"}
    assert drafting.newest(item).details == {"starts": "soon"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_missing_language_falls_back_and_says_so(language: str) -> None:
    texts = {"nl": Words(title="Kerstmarkt"), "en": Words(title="Christmas market")}
    item = making.released(texts=texts)
    story = present(Item.objects.with_all().get(pk=item.pk), language)
    assert story.language == (language if language in texts else "nl")
    assert story.fell_back == (language not in texts)


def test_a_preview_shows_what_the_release_will_show() -> None:
    item = making.draft("event", details={"recurrence": "FREQ=WEEKLY;COUNT=3"})
    preview = present_draft(item, drafting.newest(item), "fr")
    releasing.release(item, by=SYSTEM, expected=1)
    story = present(Item.objects.with_all().get(pk=item.pk), "fr")
    assert preview is not None
    assert (preview.title, preview.html, preview.details.starts_at) == (
        story.title,
        story.html,
        story.details.starts_at,
    )


def test_presenting_many_items_takes_a_fixed_number_of_queries() -> None:
    counts = []
    for more in (1, 10):
        for _ in range(more):
            making.released("event")
        with CaptureQueriesContext(connection) as queries:
            [present(item, "fr") for item in Item.objects.released().with_all()]
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9


def test_what_json_columns_cannot_hold_is_left_out_of_a_draft() -> None:
    texts = {"fr": Words(title="Mar\x00ché \ud800de Noël", body="a\x00b")}
    item = making.draft("event", texts=texts, details={"place": "Pla\x00ce", "moved": ["\x00"]})
    item.refresh_from_db()
    content = drafting.newest(item)
    assert item.working_title == content.title() == "Marché de Noël"
    assert (content.details["place"], content.details["moved"]) == ("Place", [""])
