"""The same entry stays the same item, whatever it is called; two entries are never one."""

from datetime import timedelta
from typing import Any

import pytest

from perron.core import clock
from perron.publishing.models import Item, Origin
from tests.sources.polled import BEGIN
from tests.sources.writing_files import bring, calendar, entry, event, rss

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.travel(BEGIN):
        yield


def told(guid: str, number: int, *, days: int = 0, link: str = "", title: str = "", text: str = "") -> str:
    date = BEGIN - timedelta(days=number + days)
    more = f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate><link>{link or f'https://a.example/{number}'}</link>"
    return entry(guid, title or f"N{number}", text or f"Texte {number}", more)


def meeting(uid: str, day: int, *, place: str = "Maison communale", summary: str = "Conseil communal") -> str:
    return event(f"DTSTART:202612{day:02}T190000", f"LOCATION:{place}", uid=uid, summary=summary)


def titles() -> list[str]:
    return sorted(Item.objects.values_list("working_title", flat=True))


def test_when_every_guid_changes_overnight_nothing_is_doubled() -> None:
    bring(rss(*(told(f"a{n}", n) for n in range(20))))
    keys = set(Item.objects.values_list("pk", flat=True))
    imported = bring(rss(*(told(f"b{n}", n) for n in range(20))))
    assert (imported.created, imported.unchanged) == (0, 20)
    assert set(Item.objects.values_list("pk", flat=True)) == keys
    assert set(Origin.objects.values_list("identifier", flat=True)) == {f"b{n}" for n in range(20)}
    # And the names it has now are known.
    imported = bring(rss(*(told(f"b{n}", n, text="Corrigé") for n in range(20))))
    assert (imported.created, imported.changed) == (0, 20)


def test_guids_that_move_to_other_entries_move_with_the_entries() -> None:
    bring(rss(*(told(str(n), n) for n in range(10))))
    before = dict(Item.objects.values_list("working_title", "pk"))
    imported = bring(rss(told("0", 99), *(told(str(n + 1), n) for n in range(10))))
    assert imported.created == 1
    after = dict(Item.objects.values_list("working_title", "pk"))
    assert {title: after[title] for title in before} == before


@pytest.mark.parametrize(
    "link", ["http://www.a.example/1/", "https://a.example/1?utm_source=rss&amp;utm_medium=feed", "https://b.example/x"]
)
def test_the_link_may_be_written_otherwise(link: str) -> None:
    bring(rss(told("a", 1)))
    assert bring(rss(told("b", 1, link=link))).created == 0


def test_a_feed_that_was_published_anew_is_the_same_feed() -> None:
    bring(rss(*(told(f"a{n}", n) for n in range(5))))
    assert bring(rss(*(told(f"b{n}", n, days=-n) for n in range(5)))).created == 0


def test_the_next_issue_of_the_same_name_is_another_entry() -> None:
    bring(rss(told("a", 7, title="Bulletin", link="https://a.example/bulletin", text="Il est en ligne.")))
    again = rss(told("b", 0, title="Bulletin", link="https://a.example/bulletin", text="Il est en ligne."))
    assert bring(again).created == 1
    assert titles() == ["Bulletin", "Bulletin"]


def test_a_guid_that_another_entry_has_now_is_no_reason_to_overwrite() -> None:
    bring(rss(told("https://a.example/", 5)))
    assert bring(rss(told("https://a.example/", 1))).created == 1
    assert titles() == ["N1", "N5"]
    assert bring(rss(told("https://a.example/", 0))).created == 1
    assert titles() == ["N0", "N1", "N5"]


def test_entries_that_all_have_the_same_guid_are_told_apart_by_their_links() -> None:
    assert bring(rss(*(told("same", n) for n in range(5)))).created == 5
    assert bring(rss(*(told("same", n) for n in range(1, 7)))).created == 2
    assert titles() == [f"N{n}" for n in range(7)]
    imported = bring(rss(*(told("same", n, text="Autre") for n in range(1, 7))))
    assert (imported.created, imported.changed) == (0, 6)


def test_entries_that_share_a_guid_and_little_else_is_known_are_named_and_left_out() -> None:
    imported = bring(rss(entry("1", "Un"), entry("1", "Deux")))
    assert (imported.created, len(imported.skipped)) == (1, 1)


def test_weekly_meetings_of_one_name_stay_several() -> None:
    bring(calendar(*(meeting(f"a{day}", day) for day in (1, 8, 15))))
    imported = bring(calendar(*(meeting(f"b{day}", day) for day in (8, 15, 22))))
    assert (imported.created, imported.unchanged) == (1, 2)
    assert Item.objects.count() == 4


def test_a_uid_that_is_made_anew_for_each_visitor_is_no_name() -> None:
    for visit in range(3):
        bring(calendar(*(meeting(f"{visit}-{day}", day) for day in range(1, 20))))
    assert Item.objects.count() == 19


def test_an_event_whose_uid_and_place_changed_is_the_same_if_it_is_the_only_one() -> None:
    bring(calendar(meeting("a", 1)))
    assert bring(calendar(meeting("b", 1, place="École"))).created == 0
    assert bring(calendar(meeting("b", 1, place="École"), meeting("c", 1, place="Gare"))).created == 1


def test_two_events_of_one_name_at_the_same_time_stay_two() -> None:
    bring(calendar(meeting("a", 1, place="Gare"), meeting("b", 1, place="École")))
    assert bring(calendar(meeting("c", 1, place="Gare"), meeting("d", 1, place="École"))).created == 0
    assert bring(calendar(meeting("c", 1, place="Gare"), meeting("e", 1, place="Parc"))).created == 1
