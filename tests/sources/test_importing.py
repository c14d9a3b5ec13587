import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from perron.core import clock
from perron.core.errors import NotAllowed, Refused
from perron.core.fetching import Fetched
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.models import Item, Occurrence, Origin, Release, Revision, Text
from perron.publishing.presenting import present
from perron.publishing.sources.importing import Options, import_fetched, import_file
from tests import making
from tests.sources.writing_files import SOURCE, bring, calendar, cap, entry, event, rss

pytestmark = pytest.mark.django_db

DATED = "<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate><link>https://feeds.example/1</link>"


@pytest.fixture(autouse=True)
def _today() -> object:
    with clock.travel(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        yield


def test_entries_become_released_items_with_origin_licence_and_their_own_date() -> None:
    making.topic("culture")
    data = rss(entry(text="&lt;p&gt;Un &lt;b&gt;mot&lt;/b&gt;&lt;/p&gt;", more=DATED + "<category>Culture</category>"))
    imported = bring(data, licence="CC BY 4.0")
    assert (imported.created, imported.skipped) == (1, ())
    story = present(Item.objects.released().with_all().get(), "fr")
    assert (story.title, story.html) == ("Titre", "<p>Un <strong>mot</strong></p>\n")
    assert story.published_at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    assert [topic.slug for topic in story.topics] == ["culture"]
    assert story.origin is not None
    assert (story.origin.name, story.origin.licence) == ("La feuille", "CC BY 4.0")
    assert story.origin.url == "https://feeds.example/1"
    assert AuditEntry.objects.filter(verb="import", actor_kind="source").count() == 1


def test_drafts_are_not_public_until_they_are_released_by_a_second_import() -> None:
    data = rss(entry())
    assert bring(data, draft=True).created == 1
    assert not Item.objects.released().exists()
    assert not Release.objects.exists()
    assert bring(data).changed == 1
    assert Item.objects.released().count() == 1


def test_the_same_file_again_is_known_as_a_whole() -> None:
    data = rss(entry("1"), entry("2"))
    bring(data)
    with CaptureQueriesContext(connection) as queries:
        imported = bring(data)
    assert (imported.unchanged, imported.created, imported.changed) == (2, 0, 0)
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_of_a_changed_file_only_the_changed_entry_is_written() -> None:
    bring(rss(entry("1"), entry("2"), entry("3")))
    before = {item.pk: (item.edition, item.changed_at) for item in Item.objects.all()}
    imported = bring(rss(entry("1"), entry("2", text="Autre"), entry("3"), entry("4")))
    assert (imported.created, imported.changed, imported.unchanged) == (1, 1, 2)
    after = {item.pk: (item.edition, item.changed_at) for item in Item.objects.all() if item.pk in before}
    assert sum(before[key] != after[key] for key in before) == 1
    assert Text.objects.filter(body="Autre").count() == 1
    assert Release.objects.filter(what="corrected").count() == 1


def test_what_somebody_corrected_here_is_kept_and_said() -> None:
    bring(rss(entry("1")))
    item = Item.objects.get()
    releasing.release(
        drafting.save(item, making.content(title="Corrigé"), by=SYSTEM, expected=1), by=SYSTEM, expected=2
    )
    imported = bring(rss(entry("1", text="Autre")))
    assert (imported.changed, imported.unchanged, len(imported.notes)) == (0, 1, 1)
    assert Text.objects.get().title == "Corrigé"


def test_what_was_withdrawn_here_stays_withdrawn() -> None:
    bring(rss(entry("1")))
    releasing.withdraw(Item.objects.get(), by=SYSTEM)
    assert bring(rss(entry("1", text="Autre"))).changed == 0
    assert not Item.objects.released().exists()


def test_a_file_that_cannot_be_read_changes_nothing() -> None:
    with pytest.raises(Refused):
        bring(rss(entry("1"), entry("2"))[:-15])
    assert not Item.objects.exists()


def test_a_bad_entry_is_named_and_the_others_go_in() -> None:
    data = calendar(
        event("DTSTART:20261120T190000Z", uid="1"),
        event("DTSTART:20261120T190000Z", "DTEND:20261120T180000Z", uid="2", summary="À l’envers"),
    )
    imported = bring(data)
    assert imported.created == 1
    assert "À l’envers" in imported.skipped[0][0]


def test_the_person_who_imports_needs_the_role_for_it() -> None:
    community = making.community()
    author, stranger = making.person(role="author", at=community), making.person()
    data = rss(entry())
    with pytest.raises(NotAllowed):
        import_file(community, data, "f", Options(release=True), by=author.actor)
    with pytest.raises(NotAllowed):
        import_file(community, data, "f", Options(), by=stranger.actor)
    assert import_file(community, data, "f", Options(), by=author.actor).created == 1
    assert Revision.objects.get().saved_by_id == author.pk


def test_files_from_two_addresses_do_not_share_their_identifiers() -> None:
    community = making.community()
    for url in ("https://a.example/feed", "https://b.example/feed"):
        import_fetched(community, Fetched(url=url, body=rss(entry("1"))), Options(release=True), by=SOURCE)
    assert Item.objects.count() == 2


def test_the_same_source_may_feed_two_communities() -> None:
    for slug in ("liege", "vise"):
        assert import_file(making.community(slug), rss(entry()), "f", Options(release=True), by=SOURCE).created == 1


def test_long_hostile_and_right_to_left_titles_are_cleaned_and_kept() -> None:
    bring(
        rss(
            entry("1", "\u202eevil\u202c " + "très long " * 40),
            entry("2", "مرحبا بالعالم"),
            entry("3", "&lt;script&gt;alert(1)&lt;/script&gt;Bien"),
            entry("4", "🎉"),
        )
    )
    titles = set(Text.objects.values_list("title", flat=True))
    assert {"مرحبا بالعالم", "🎉"} <= titles
    assert all(len(title) <= 140 and "\u202e" not in title for title in titles)
    assert not any("<script" in text.html for text in Text.objects.all())
    assert Text.objects.filter(body__contains="très long " * 20).exists()


def test_many_entries_with_one_title_get_addresses_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = iter(["aaaaaa"] * 3 + [f"bbbbb{n}" for n in range(20)])
    monkeypatch.setattr(drafting, "short_key", lambda: next(keys))
    monkeypatch.setattr("perron.publishing.sources.writing.short_key", lambda: next(keys))
    assert bring(rss(entry("1"), entry("2"), entry("3"))).created == 3


def test_a_calendar_brings_occurrences_and_takes_cancelled_events_back() -> None:
    weekly = event("DTSTART;TZID=Europe/Brussels:20261121T100000", "RRULE:FREQ=WEEKLY;COUNT=3")
    bring(calendar(weekly))
    assert Occurrence.objects.count() == 3
    off = weekly.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    assert bring(calendar(off)).withdrawn == 1
    assert not Occurrence.objects.exists()
    assert bring(calendar(weekly)).changed == 1
    assert Item.objects.released().count() == 1


def test_what_every_export_writes_anew_is_no_change() -> None:
    lines = ["DTSTART:20261201T080000Z", "RRULE:FREQ=DAILY;BYHOUR=8,20"]
    bring(calendar(event(*lines, "DTSTAMP:20261101T000000Z")))
    with clock.travel(clock.now() + timedelta(days=2)):
        imported = bring(calendar(event(*lines, "DTSTAMP:20261102T000000Z")))
    assert (imported.unchanged, imported.changed) == (1, 0)


def test_an_alert_is_updated_and_cancelled_by_later_messages() -> None:
    bring(cap("A1"))
    reference = "crues@example.org,A1,2026-11-20T10:00:00+01:00"
    assert bring(cap("A2", kind="Update", references=reference, headline="La crue baisse")).changed == 1
    story = present(Item.objects.released().with_all().get(), "fr")
    assert (story.title, story.details.instructions["fr"]) == ("La crue baisse", "Éloignez-vous des berges.")
    assert bring(cap("A1", description="Encore.")).unchanged == 1
    cancel = cap("A3", kind="Cancel", references=reference.replace("A1", "A2"))
    assert bring(cancel).withdrawn == 1
    assert not Item.objects.released().exists()
    assert bring(cap("A2", kind="Update", references=reference)).unchanged == 1
    assert Item.objects.count() == 1


@pytest.mark.parametrize(("status", "shown"), [("Exercise", True), ("Test", True), ("Actual", False)])
def test_an_exercise_is_marked_and_an_old_alert_is_not_live(status: str, *, shown: bool) -> None:
    past = {"effective": "2011-01-01T10:00:00+01:00", "expires": "2011-01-02T10:00:00+01:00"}
    bring(cap(status=status, **past))
    story = present(Item.objects.with_all().get(), "fr")
    assert (story.is_exercise, story.is_live()) == (shown, False)


def test_values_out_of_range_are_put_right_with_a_note() -> None:
    imported = bring(cap(severity="Enormous", expires="2027-11-20T22:00:00+01:00"))
    story = present(Item.objects.with_all().get(), "fr")
    assert story.details.severity == "Unknown"
    assert story.details.ends_at - story.details.effective_at == timedelta(days=31)
    assert len(imported.notes) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": "Private"},
        {"status": "System"},
        {"status": "Draft"},
        {"kind": "Ack"},
        {"expires": "2026-11-19T22:00:00+01:00"},
    ],
)
def test_messages_that_are_not_for_residents_are_left_out(fields: dict[str, str]) -> None:
    imported = bring(cap(**fields))
    assert (imported.created, len(imported.skipped)) == (0, 1)


def test_a_feed_in_a_language_that_the_community_lacks_goes_under_its_first_and_says_so() -> None:
    imported = bring(rss(entry(), head="<language>it</language>"))
    assert Text.objects.get().language == "fr"
    assert len(imported.notes) == 1


def test_pictures_are_not_taken_and_files_become_links() -> None:
    more = "<enclosure url='https://a.example/p.pdf' type='application/pdf' length='1'/>"
    imported = bring(rss(entry(text="&lt;img src='https://a.example/i.jpg'&gt; Texte", more=more)))
    text = Text.objects.get()
    assert "<img" not in text.html
    assert 'href="https://a.example/p.pdf"' in text.html
    assert len(imported.notes) == 1


def test_the_number_of_queries_does_not_grow_with_the_entries_of_a_batch() -> None:
    counts = []
    for size in (1, 5, 50):
        with CaptureQueriesContext(connection) as queries:
            bring(rss(*[entry(f"{size}-{n}", f"Titre {n}") for n in range(size)]))
        counts.append(len(queries))
    assert counts[1] == counts[2]
    assert Origin.objects.count() == 56


def test_a_draft_that_was_deleted_comes_back_with_the_next_import() -> None:
    bring(rss(entry("1"), entry("2")), draft=True)
    drafting.discard(Item.objects.all()[0], by=SYSTEM)
    assert bring(rss(entry("1"), entry("2")), draft=True).created == 1


def test_half_characters_and_nulls_of_json_do_no_harm() -> None:
    evil = "a\\ud800\\u0000b"
    item = dict.fromkeys(("id", "title", "url", "content_html", "summary", "language"), "X") | {"tags": ["X"]}
    text = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "X", "items": [item]}).replace("X", evil)
    assert bring(text.encode()).created == 1
    assert Text.objects.get().title == "ab"


@pytest.mark.parametrize(
    "hostile", ["&lt;b&gt;" * 50_000 + "fond", "fond " * 100_000, "&lt;ul&gt;&lt;li&gt;fond" * 20_000]
)
def test_a_text_beyond_reason_gives_its_words_and_says_so(hostile: str) -> None:
    imported = bring(rss(entry(text=hostile)))
    assert (imported.created, bool(imported.notes)) == (1, True)
    assert "fond" in Text.objects.get().body
