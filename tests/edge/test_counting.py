"""Visits are counted where pages are repeated: each one, whoever it is, and nothing about them."""

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from perron.core import clock
from perron.project.edge import counting
from perron.project.edge.counting import Tally
from perron.statistics.counting import Opened, add
from perron.statistics.models import PageCount
from tests import making
from tests.edge import town
from tests.edge.asking import ask
from tests.edge.conftest import edge_around

PAGE = Opened(UUID(int=1), None, "counted")
PHONE = "Mozilla/5.0 (Linux; Android 14; CUBOT X18) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile"


class Sums(dict[Any, int]):
    """Where a tally puts its counts."""

    def __call__(self, counts: counting.Counts) -> None:
        for key, number in counts.items():
            self[key] = self.get(key, 0) + number

    @property
    def total(self) -> int:
        return sum(self.values())


@pytest.mark.parametrize(
    ("headers", "counted"),
    [
        ({}, 3),
        ({"user_agent": PHONE}, 3),
        ({"if_none_match": "*"}, 3),
        ({"cookie": "session=anne"}, 3),
        ({"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}, 0),
        ({"user_agent": "curl/8.5.0"}, 0),
        ({"sec_purpose": "prefetch"}, 0),
        ({"purpose": "prefetch"}, 0),
    ],
)
def test_each_visit_counts_but_programs_that_say_so_and_prefetching(
    news: town.News, headers: dict[str, str], counted: int
) -> None:
    sums = Sums()
    edge = edge_around(news, counts=sums)
    for _ in range(3):
        ask(edge, "/counted/", **headers)
    edge.tally.flush()
    assert sums.total == counted


def test_head_and_pages_that_are_not_counted_leave_nothing(news: town.News) -> None:
    sums = Sums()
    edge = edge_around(news, counts=sums)
    ask(edge, "/counted/", method="HEAD")
    ask(edge, "/page/one/")
    edge.tally.flush()
    assert sums == {}


def test_the_label_of_the_count_is_not_sent(news: town.News) -> None:
    answered = ask(edge_around(news), "/counted/")
    assert not [name for name in answered.headers if name.lower().startswith("perron-")]


def test_a_count_belongs_to_the_day_of_the_visit() -> None:
    sums = Sums()
    with clock.travel(datetime(2026, 3, 1, 22, 59, 59, tzinfo=UTC)):
        tally = Tally(sums, by_itself=False)
        tally.count(str(PAGE), {})
    with clock.travel(datetime(2026, 3, 1, 23, 0, 0, tzinfo=UTC)):
        tally.count(str(PAGE), {})
    tally.flush()
    assert sorted(day.isoformat() for _, day in sums) == ["2026-03-01", "2026-03-02"]


def test_what_could_not_be_stored_is_stored_next_time(caplog: pytest.LogCaptureFixture) -> None:
    sums, broken = Sums(), [True]

    def sometimes(counts: counting.Counts) -> None:
        if broken.pop() if broken else False:
            raise OSError
        sums(counts)

    tally = Tally(sometimes, by_itself=False)
    tally.count(str(PAGE), {})
    tally.flush()
    assert sums == {}
    assert "kept in memory" in caplog.text
    tally.count(str(PAGE), {})
    tally.flush()
    assert sums.total == 2


@pytest.mark.django_db
def test_one_visitor_twice_and_two_visitors_once_leave_the_same_bytes(
    news: town.News, caplog: pytest.LogCaptureFixture
) -> None:
    making.community()
    anne = {"user_agent": PHONE, "x_real_ip": "198.51.100.7", "cookie": "a=anne", "referer": "x:anne"}
    bert = {"user_agent": "Bertphone", "x_real_ip": "203.0.113.9", "accept_language": "nl"}
    left = []
    for visitors in ([anne, anne], [anne, bert]):
        PageCount.objects.all().delete()
        caplog.clear()
        edge = edge_around(news, counts=add)
        for visitor in visitors:
            ask(edge, "/counted/", **visitor)
        edge.tally.flush()
        left.append((_database(), caplog.text, str(cache.__dict__), sorted(vars(edge.tally)["_counts"])))
    assert left[0] == left[1]
    assert [row["fields"]["number"] for row in json.loads(left[0][0]) if row["model"] == "statistics.pagecount"] == [2]


def _database() -> str:
    """Return every row of every table, without the numbers that a sequence gives."""
    out = io.StringIO()
    call_command("dumpdata", stdout=out)
    rows = json.loads(out.getvalue())
    for row in rows:
        if row["model"] == "statistics.pagecount":
            del row["pk"]
    return json.dumps(rows)


@pytest.mark.django_db
def test_the_residents_pages_are_counted_by_page_and_not_by_language() -> None:
    community = making.community()
    making.platform(community)
    item = making.released(at=community)
    labels = {
        path: Client().get(path)["Perron-Counted"].split("/", 1)[1]
        for path in (
            "/fr/",
            "/fr/agenda/",
            "/fr/choose/",
            "/fr/liege/",
            f"/fr/liege/{item.slug}/",
            f"/nl/liege/{item.slug}/",
        )
    }
    assert list(labels.values()) == [
        "/today",
        "/agenda",
        "/choose",
        f"{community.pk}/community:{community.pk}",
        *[f"{community.pk}/item:{item.pk}"] * 2,
    ]
