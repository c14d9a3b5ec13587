"""The schedule: each thing on the day on which it happens in Brussels, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from perron.communities.models import Community
from perron.core import clock
from perron.core.clock import BRUSSELS
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.kinds.fields import to_moment
from perron.publishing.models import Item
from perron.publishing.working.planning import What, planned
from tests import making

PAGE = "/studio/liege/schedule/"


def scheduled(at: Community, moment: datetime, title: str = "À venir") -> Item:
    return releasing.schedule(making.draft(at=at, title=title), moment, by=SYSTEM, expected=1)


def shown(client: Client, **asked: str) -> dict[date, list[tuple[str, str]]]:
    days: list[Any] = client.get(PAGE, asked).context["days"]
    return {day.day: [(entry.time, entry.what) for entry in day.entries] for day in days if day.entries}


def test_what_goes_out_and_what_ends_is_listed_in_order(liege: Community, author: Client) -> None:
    soon, later = clock.now() + timedelta(hours=2), clock.now() + timedelta(days=9)
    scheduled(liege, later)
    ending = making.released(at=liege, expires_at=(clock.now() + timedelta(days=3)).isoformat())
    alert = making.released("alert", at=liege)
    scheduled(making.community("namur"), soon, title="Celle de Namur")
    found = planned(liege, clock.now(), clock.now() + timedelta(days=30))
    assert [(each.what, each.item.pk) for each in found][:2] == [(What.ALERT_ENDS, alert.pk), (What.ENDS, ending.pk)]
    assert found[2].what == What.GOES_OUT
    text = author.get(PAGE).content.decode()
    assert "À venir" in text
    assert "Celle de Namur" not in text


def test_what_was_withdrawn_or_made_a_draft_again_is_not_listed(liege: Community) -> None:
    item = scheduled(liege, clock.now() + timedelta(days=1))
    releasing.unschedule(item, by=SYSTEM)
    gone = making.released(at=liege, expires_at=(clock.now() + timedelta(days=3)).isoformat())
    releasing.withdraw(gone, by=SYSTEM)
    assert planned(liege, clock.now(), clock.now() + timedelta(days=30)) == []


@pytest.mark.parametrize("view", ["week", "month"])
@pytest.mark.parametrize(
    ("day", "moments"),
    [
        # The night in which the clocks skip an hour, and the one in which an hour comes twice.
        (date(2027, 3, 28), ["2027-03-28T00:00", "2027-03-28T01:59", "2027-03-28T03:00", "2027-03-28T23:59"]),
        (date(2026, 10, 25), ["2026-10-25T00:00", "2026-10-25T02:30", "2026-10-25T03:00", "2026-10-25T23:59"]),
    ],
)
def test_a_schedule_across_the_change_of_the_clocks(
    view: str, day: date, moments: list[str], liege: Community, author: Client
) -> None:
    with clock.travel(datetime(day.year, day.month, day.day, tzinfo=BRUSSELS) - timedelta(days=3)):
        for moment in moments:
            scheduled(liege, to_moment(moment))
        # The second of the two half past twos.
        if day.month == 10:
            scheduled(liege, datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
        found = shown(author, view=view, date=str(day))
        times = [moment[11:] for moment in moments] + (["02:30"] if day.month == 10 else [])
        assert sorted(time for time, _what in found[day]) == sorted(times)
        assert set(found) == {day}
    with clock.travel(datetime(day.year, day.month, day.day, 23, 59, tzinfo=BRUSSELS) + timedelta(seconds=1)):
        assert releasing.release_due() == len(times)


def test_a_week_begins_and_ends_at_midnight_in_brussels(liege: Community, author: Client) -> None:
    with clock.travel(datetime(2026, 12, 1, 12, tzinfo=UTC)):
        for moment in ("2026-12-06T23:30", "2026-12-07T00:30", "2026-12-13T23:30", "2026-12-14T00:30"):
            scheduled(liege, to_moment(moment))
        found = shown(author, view="week", date="2026-12-10")
    assert [(str(day), entries[0][0]) for day, entries in found.items()] == [
        ("2026-12-07", "00:30"), ("2026-12-13", "23:30"),
    ]  # fmt: skip


def test_each_goes_out_at_its_moment_in_the_night_of_the_change(liege: Community) -> None:
    with clock.travel(datetime(2027, 3, 27, 12, tzinfo=UTC)):
        before, after = to_moment("2027-03-28T01:59"), to_moment("2027-03-28T03:00")
        assert after - before == timedelta(minutes=1)
        scheduled(liege, before)
        scheduled(liege, after)
    with clock.travel(before):
        assert releasing.release_due() == 1
    with clock.travel(after):
        assert releasing.release_due() == 1


@pytest.mark.parametrize("asked", [{"date": "x"}, {"date": "0001-01-01"}, {"date": "9999-12-31"}, {"view": "year"}])
def test_an_address_that_makes_no_sense_shows_today(asked: dict[str, str], liege: Community, author: Client) -> None:
    for view in ("week", "month"):
        assert author.get(PAGE, {"view": view} | asked).context["shown"] == clock.today()


def test_a_month_has_whole_weeks_and_the_way_to_its_neighbours(liege: Community, author: Client) -> None:
    context = author.get(PAGE, {"view": "month", "date": "2026-12-31"}).context
    days = [day.day for day in context["days"]]
    assert (days[0].weekday(), days[-1].weekday(), len(days) % 7) == (0, 6, 0)
    assert (context["before"], context["after"]) == ("?view=month&date=2026-11-01", "?view=month&date=2027-01-01")


def test_a_full_schedule_takes_as_many_queries_as_one_with_one_item(liege: Community, author: Client) -> None:
    counts = []
    for number in (1, 20):
        for _ in range(number):
            scheduled(liege, clock.now() + timedelta(days=2))
        with CaptureQueriesContext(connection) as queries:
            author.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1]
