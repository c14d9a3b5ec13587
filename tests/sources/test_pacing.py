"""How often a source is asked, and where."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from perron.core import clock
from perron.publishing.models import Item, Origin
from tests import making
from tests.sources.polled import BEGIN, connected, polled, public
from tests.sources.site import Site
from tests.sources.writing_files import calendar, entry, event, rss

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.travel(BEGIN):
        yield


@pytest.mark.parametrize(
    ("headers", "head", "least"),
    [
        ({}, "", timedelta(minutes=30)),
        ({"Cache_Control": "max-age=7200"}, "", timedelta(hours=2)),
        ({"Cache_Control": "max-age=7200, no-cache"}, "", timedelta(minutes=30)),
        ({"Cache_Control": "max-age=99999999"}, "", timedelta(days=1)),
        ({"Cache_Control": "max-age=5"}, "", timedelta(minutes=30)),
        ({}, "<ttl>180</ttl>", timedelta(hours=3)),
        ({}, "<ttl>99999999999999</ttl>", timedelta(minutes=30)),
        ({}, "<ttl>soon</ttl>", timedelta(minutes=30)),
    ],
)
def test_it_is_asked_as_rarely_as_it_wants_within_bounds(
    site: Site, headers: dict[str, Any], head: str, least: timedelta
) -> None:
    site.put(rss(entry(), head=head), **headers)
    due = polled(connected(site.address())).due_at
    assert BEGIN + least <= due <= BEGIN + least * 1.16


def test_the_period_of_the_syndication_module_and_of_calendars_counts(site: Site) -> None:
    namespace = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"
    head = f"<sy:updatePeriod {namespace}>daily</sy:updatePeriod><sy:updateFrequency {namespace}>4</sy:updateFrequency>"
    site.put(rss(entry(), head=head))
    assert polled(connected(site.address())).pace == 6 * 3600
    site.put(calendar(event("DTSTART:20261220T190000Z"), head="REFRESH-INTERVAL;VALUE=DURATION:PT5H"), "/ics")
    assert polled(connected(site.address("/ics"))).pace == 5 * 3600


def test_failures_are_tried_again_ever_later_and_a_server_may_ask_for_more(site: Site) -> None:
    site.put(rss(entry()))
    source = polled(connected(site.address()))
    site.put(status=500)
    pauses = []
    for _try in range(9):
        source = polled(source)
        pauses.append(source.due_at - BEGIN)
    assert all(later >= earlier for earlier, later in pairwise(pauses[:7]))
    assert pauses[0] >= timedelta(minutes=30)
    assert pauses[-1] <= timedelta(days=1.15)
    assert (source.failures, source.problem, source.detail) == (9, "status", "500")
    site.put(status=503, Retry_After="100000")
    assert polled(source).due_at >= BEGIN + timedelta(seconds=100_000)
    site.put(status=429, Retry_After="99999999")
    assert polled(source).due_at <= BEGIN + timedelta(days=2.01)
    assert public() == {"Titre"}
    site.put(rss(entry()))
    source = polled(source)
    assert (source.failures, source.failing_since, source.problem) == (0, None, "")


def test_what_moved_for_good_is_believed_after_a_day(site: Site) -> None:
    site.put(rss(entry()), "/new")
    site.lead("/feed", "/new", 301)
    source = polled(connected(site.address()))
    assert (source.source.address, source.moved_to) == (site.address(), site.address("/new"))
    source = polled(source, after=timedelta(hours=20))
    assert source.source.address == site.address()
    source = polled(source, after=timedelta(hours=25))
    assert source.source.address == site.address("/new")
    assert source.moved_from == site.address()
    assert set(Origin.objects.values_list("source", flat=True)) == {site.address("/new")}
    site.put(rss(entry(text="Autre")), "/new")
    assert polled(source, after=timedelta(hours=26)).changes["changed"] == 1
    assert Item.objects.count() == 1


def test_what_leads_elsewhere_for_now_stays_where_it_was(site: Site) -> None:
    site.put(rss(entry()), "/new")
    for status in (302, 307):
        site.lead("/feed", "/new", status)
        source = polled(connected(site.address(), at=making.community(f"c{status}")))
        assert source.moved_to == ""
