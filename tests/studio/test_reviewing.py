"""A second person reads before release, where the community wants it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.addresses import review_path
from perron.publishing.models import Item, ReviewStep
from perron.publishing.working import reviewing
from tests import making
from tests.studio.conftest import signed_in


@pytest.fixture
def careful(liege: Community) -> Community:
    liege.second_reader = True
    liege.save()
    return liege


@pytest.fixture
def writer(careful: Community) -> Person:
    return making.person("writer@example.org", role="editor", at=careful)


@pytest.fixture
def reader(careful: Community) -> Person:
    return making.person("reader@example.org", role="author", at=careful)


@pytest.fixture
def item(careful: Community, writer: Person) -> Item:
    return making.draft(at=careful, by=writer.actor)


def page(item: Item) -> str:
    return reverse("studio:review", args=[item.community.slug, item.pk])


def test_the_letters_lead_to_the_page(item: Item) -> None:
    assert review_path(item.community.slug, item.pk) == page(item)


def test_nothing_is_released_before_a_second_person_accepted_it(item: Item, writer: Person, reader: Person) -> None:
    with pytest.raises(releasing.Unread):
        releasing.release(item, by=writer.actor, expected=1)
    with pytest.raises(releasing.Unread):
        releasing.schedule(item, clock.now() + timedelta(hours=1), by=writer.actor, expected=1)
    reviewing.accept(item, by=reader.actor, expected=1)
    releasing.release(item, by=writer.actor, expected=1)
    assert Item.objects.released().exists()
    # A later text needs a reading of its own.
    drafting.save(item, making.content(title="Encore"), by=writer.actor, expected=1)
    with pytest.raises(releasing.Unread):
        releasing.release(item, by=writer.actor, expected=2)


def test_alerts_and_sources_do_not_wait(careful: Community, writer: Person) -> None:
    making.released("alert", at=careful, by=writer.actor)
    making.released(at=careful, by=SYSTEM)


def test_a_community_that_does_not_ask_for_it_is_left_alone(liege: Community) -> None:
    making.released(at=liege, by=making.person(role="editor", at=liege).actor)


def test_nobody_accepts_what_they_wrote_last(item: Item, writer: Person, reader: Person) -> None:
    with pytest.raises(Refused):
        reviewing.accept(item, by=writer.actor, expected=1)
    saved = drafting.save(item, making.content(title="Retouché"), by=reader.actor, expected=1)
    with pytest.raises(Refused):
        reviewing.accept(saved, by=reader.actor, expected=2)
    reviewing.accept(saved, by=writer.actor, expected=2)
    assert not reviewing.must_be_read(saved)


def test_what_was_saved_meanwhile_is_not_accepted_unread(item: Item, writer: Person, reader: Person) -> None:
    drafting.save(item, making.content(title="Pas vu"), by=writer.actor, expected=1)
    with pytest.raises(Conflict):
        reviewing.accept(item, by=reader.actor, expected=1)
    with pytest.raises(Conflict):
        reviewing.send_back(item, "Non", by=reader.actor, expected=1)
    with pytest.raises(Conflict):
        reviewing.ask(item, reader, by=writer.actor, expected=1)
    assert not ReviewStep.objects.exists()


def test_who_is_asked_is_told_by_letter_and_the_writer_is_told_back(item: Item, writer: Person, reader: Person) -> None:
    reader.language = "nl"
    reader.save()
    reviewing.ask(item, reader, by=writer.actor, expected=1, words="Vite, s’il te plaît")
    asked = Letter.objects.get()
    assert (asked.to, asked.kind, asked.language) == ("reader@example.org", "review-asked", "nl")
    assert asked.context["link"].endswith(page(item))
    assert list(reviewing.waiting_for(reader, item.community)) == [item]
    reviewing.send_back(item, "Le prix manque.", by=reader.actor, expected=1)
    back = Letter.objects.get(kind="review-sent-back")
    assert (back.to, back.context["words"]) == ("writer@example.org", "Le prix manque.")
    assert reviewing.review_of(item).state == "sent back"
    assert not reviewing.waiting_for(reader, item.community)
    saved = drafting.save(item, making.content(title="Avec prix"), by=writer.actor, expected=1)
    reviewing.ask(saved, reader, by=writer.actor, expected=2)
    reviewing.accept(saved, by=reader.actor, expected=2)
    assert Letter.objects.get(kind="review-accepted").to == "writer@example.org"
    post_due()
    assert Letter.objects.filter(was_sent=True).count() == 4
    verbs = AuditEntry.objects.filter(object_id=item.pk).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["draft", "ask for review", "send back", "revise", "ask for review", "accept"]


def test_only_members_read_and_are_asked(item: Item, writer: Person) -> None:
    stranger = making.person("stranger@example.org", role="editor", at=making.community("namur"))
    with pytest.raises(NotAllowed):
        reviewing.accept(item, by=stranger.actor, expected=1)
    with pytest.raises(NotAllowed):
        reviewing.comment(item, "Pris", by=stranger.actor)
    with pytest.raises(NotAllowed):
        reviewing.send_back(item, "Pris", by=stranger.actor, expected=1)
    with pytest.raises(Refused):
        reviewing.ask(item, stranger, by=writer.actor, expected=1)
    with pytest.raises(Refused):
        reviewing.ask(item, writer, by=writer.actor, expected=1)
    assert signed_in(writer).post(page(item), {"action": "ask", "edition": 1, "reader": stranger.pk}).status_code == 422


def test_a_change_of_what_is_scheduled_makes_it_a_draft_again(item: Item, writer: Person, reader: Person) -> None:
    reviewing.accept(item, by=reader.actor, expected=1)
    at = clock.now() + timedelta(hours=1)
    item = releasing.schedule(item, at, by=writer.actor, expected=1)
    item = drafting.save(item, making.content(title="Changé"), by=writer.actor, expected=1)
    assert (item.state, item.release_at) == ("draft", None)
    with clock.travel(at):
        assert releasing.release_due() == 0


def test_what_was_scheduled_before_the_community_asked_does_not_slip_through(liege: Community) -> None:
    item, at = making.draft(at=liege), clock.now() + timedelta(hours=1)
    releasing.schedule(item, at, by=SYSTEM, expected=1)
    Community.objects.update(second_reader=True)
    with clock.travel(at):
        assert releasing.release_due() == 0
    assert Item.objects.get().state == "draft"
    assert AuditEntry.objects.filter(verb="fail to release").exists()


def test_the_screens_lead_from_the_text_to_the_release(item: Item, writer: Person, reader: Person) -> None:
    at_writer, at_reader = signed_in(writer), signed_in(reader)
    edit = reverse("studio:edit", args=[item.community.slug, item.pk])
    text = at_writer.get(edit).content.decode()
    assert "Have it read…" in text
    assert 'value="release"' not in text
    # Whoever makes up the button is led to the reading all the same.
    answers = {"edition": 1, "title_fr": "Marché de Noël", "summary_fr": "En bref.",
               "body_fr": "Un texte **important**.", "action": "release"}  # fmt: skip
    assert at_writer.post(edit, answers)["Location"] == page(item)
    assert at_writer.post(page(item), {"action": "ask", "edition": 1, "reader": reader.pk}).status_code == 302
    assert "For you to read" in at_reader.get("/studio/liege/").content.decode()
    refused = at_reader.post(page(item), {"action": "back", "edition": 1, "words": " "})
    assert refused.status_code == 422
    assert "Say what should change." in refused.content.decode()
    assert at_reader.post(page(item), {"action": "comment", "words": "Joli"}).status_code == 302
    assert "Joli" in at_writer.get(page(item)).content.decode()
    assert at_reader.post(page(item), {"action": "accept", "edition": 1}).status_code == 302
    assert "Read and accepted by" in at_writer.get(edit).content.decode()
    assert "released=" in at_writer.post(edit, answers)["Location"]


def test_the_administrator_says_whether_a_second_person_reads(liege: Community, administrator: Client) -> None:
    administrator.post("/studio/liege/settings/", {"second_reader": "on"})
    liege.refresh_from_db()
    assert liege.second_reader
    administrator.post("/studio/liege/settings/", {})
    liege.refresh_from_db()
    assert not liege.second_reader
