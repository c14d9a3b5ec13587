"""A count knows the page and the day, and adds up from several processes."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest

from perron.core import clock
from perron.statistics.counting import Opened, add
from perron.statistics.models import PageCount
from perron.statistics.reading import by_community, openings, reach
from tests import making

pytestmark = pytest.mark.django_db
FRONT = UUID(int=1)


def test_counts_of_two_processes_add_up() -> None:
    page, day = Opened(FRONT, None, "today"), date(2026, 3, 1)
    add({(page, day): 2})
    add({(page, day): 3, (page, day + timedelta(1)): 1})
    assert list(PageCount.objects.order_by("day").values_list("page", "day", "number")) == [
        ("today", date(2026, 3, 1), 5),
        ("today", date(2026, 3, 2), 1),
    ]


@pytest.mark.parametrize("community", [None, UUID(int=7)])
def test_a_page_survives_the_way_through_a_header(community: UUID | None) -> None:
    opened = Opened(FRONT, community, f"item:{UUID(int=9)}")
    assert Opened.read(str(opened)) == opened


def test_reach_sums_days_weeks_and_pages_of_the_communities_asked_for() -> None:
    liege, namur = making.community("liege"), making.community("namur")
    today = clock.today()
    mine, agenda, theirs = (
        Opened(FRONT, one.pk, name) for one, name in ((liege, "item:x"), (liege, "agenda:y"), (namur, "item:z"))
    )
    add({(mine, today): 4, (mine, today - timedelta(20)): 1, (agenda, today): 2, (theirs, today): 9})
    add({(mine, today - timedelta(400)): 50})
    found = reach([liege])
    assert (found.total, found.steps[-1], len(found.steps)) == (7, (today, 6), 28)
    assert [(page.name, page.number) for page in found.pages] == [("item:x", 5), ("agenda:y", 2)]
    weeks = reach([liege], "week").steps
    assert sum(number for _, number in weeks) == 7
    assert all(day.weekday() == 0 for day, _ in weeks)
    assert by_community([liege, namur]) == {liege: 7, namur: 9}


def test_a_count_for_what_is_gone_is_not_refused() -> None:
    add({(Opened(uuid4(), uuid4(), "today"), date(2026, 3, 1)): 1})
    assert PageCount.objects.get().number == 1


def test_openings_are_those_of_four_weeks_of_a_community_or_of_one_page() -> None:
    liege, namur = making.community("liege"), making.community("namur")
    today = clock.today()
    mine, other, theirs = (
        Opened(FRONT, one.pk, name) for one, name in ((liege, "item:x"), (liege, "item:y"), (namur, "item:z"))
    )
    add({(mine, today): 4, (mine, today - timedelta(27)): 1, (mine, today - timedelta(28)): 8, (other, today): 2,
         (theirs, today): 9})  # fmt: skip
    found = openings(liege)
    assert (len(found.steps), found.steps[0][1], found.steps[-1], found.total) == (28, 1, (today, 6), 7)
    assert openings(liege, "item:x").total == 5
    assert openings(namur, "item:x").total == 0
