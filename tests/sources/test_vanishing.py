from datetime import timedelta
from typing import Any

import pytest

from perron.core import clock
from perron.core.errors import Conflict, NotAllowed
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.models import Item
from perron.publishing.sources.connecting import answer_loss
from perron.publishing.sources.health import health
from tests import making
from tests.sources.polled import BEGIN, connected, fresh, polled, public
from tests.sources.site import Site
from tests.sources.writing_files import calendar, cap, entry, event, rss

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.travel(BEGIN):
        yield


def dated(number: int) -> str:
    """An entry of so many days ago."""
    date = BEGIN - timedelta(days=number)
    return entry(f"g{number}", f"N{number}", more=f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate>")


def on(number: int, **more: str) -> str:
    """An event in so many days."""
    day = f"{BEGIN + timedelta(days=number):%Y%m%d}"
    return event(f"DTSTART:{day}T190000", uid=f"u{number}", summary=f"E{number}", **more)


def test_what_left_the_window_of_a_feed_stays(site: Site) -> None:
    site.put(rss(*(dated(n) for n in range(10, 30))))
    source = polled(connected(site.address()))
    site.put(rss(*(dated(n) for n in range(20))))
    polled(source)
    assert len(public()) == 30


def test_what_was_taken_out_of_a_feed_is_withdrawn_and_comes_back(site: Site) -> None:
    site.put(rss(*(dated(n) for n in range(10))))
    source = polled(connected(site.address()))
    site.put(rss(*(dated(n) for n in range(10) if n != 3)))
    source = polled(source)
    assert "N3" not in public()
    assert source.changes["withdrawn"] == 1
    site.put(rss(*(dated(n) for n in range(10))))
    polled(source)
    assert len(public()) == 10
    assert Item.objects.count() == 10


def test_an_old_entry_that_is_kept_on_top_does_not_widen_the_window(site: Site) -> None:
    site.put(rss(dated(900), *(dated(n) for n in range(10, 20))))
    source = polled(connected(site.address()))
    site.put(rss(dated(900), *(dated(n) for n in range(5, 15))))
    polled(source)
    assert len(public()) == 16


def test_undated_entries_never_vanish(site: Site) -> None:
    site.put(rss(*(entry(str(n), f"N{n}") for n in range(6))))
    source = polled(connected(site.address()))
    site.put(rss(*(entry(str(n), f"N{n}") for n in range(5))))
    polled(source)
    assert len(public()) == 6


def test_what_was_chosen_to_be_kept_stays(site: Site) -> None:
    site.put(calendar(on(1), on(2), on(3), on(4)))
    source = polled(connected(site.address(), vanishing="keep"))
    site.put(calendar(on(1), on(2), on(3)))
    polled(source)
    assert len(public()) == 4


def test_an_event_that_a_calendar_drops_is_withdrawn_but_not_one_that_is_over(site: Site) -> None:
    site.put(calendar(*(on(n) for n in range(1, 8))))
    source = polled(connected(site.address()))
    site.put(calendar(*(on(n) for n in range(3, 8) if n != 6)))
    with clock.travel(BEGIN + timedelta(days=4)):
        polled(source)
        states = dict(Item.objects.values_list("working_title", "state"))
    assert states == {f"E{n}": "withdrawn" if n == 6 else "released" for n in range(1, 8)}


def test_a_calendar_that_shows_the_next_ten_loses_none_at_its_end(site: Site) -> None:
    site.put(calendar(*(on(n) for n in range(2, 12))))
    source = polled(connected(site.address()))
    site.put(calendar(on(1), *(on(n) for n in range(2, 11))))
    polled(source)
    assert len(public()) == 11


@pytest.mark.parametrize("left", [0, 2])
@pytest.mark.parametrize("form", ["calendar", "feed"])
def test_a_source_that_shrinks_overnight_is_held(site: Site, form: str, left: int) -> None:
    def write(several: range) -> bytes:
        return calendar(*map(on, several)) if form == "calendar" else rss(*map(dated, several))

    site.put(write(range(1, 41)))
    source = polled(connected(site.address()))
    site.put(write(range(1, 1 + left)))
    source = polled(source)
    assert len(public()) == 40
    how = health(source)
    assert (how.state, how.sentence) == ("held", f"The source lost {40 - left} of its 40 entries.")
    # Something else changes there meanwhile: still held, and still for somebody to decide.
    site.put(write(range(1, 1 + left)) + b"\n")
    assert health(polled(source)).sentence == how.sentence

    site.put(write(range(1, 41)) + b"\n\n")
    assert health(polled(source)).state == "well"
    assert len(public()) == 40


@pytest.mark.parametrize("withdraw", [True, False])
def test_somebody_decides_what_becomes_of_what_was_lost(site: Site, withdraw: bool) -> None:
    site.put(calendar(*map(on, range(1, 41))))
    source = polled(connected(site.address()))
    site.put(calendar(on(1), on(2)))
    source = polled(source)
    author = making.person(role="author", at=making.community())
    with pytest.raises(NotAllowed):
        answer_loss(source, withdraw=withdraw, by=author.actor)
    assert answer_loss(source, withdraw=withdraw, by=SYSTEM) == (38 if withdraw else 0)
    assert len(public()) == (2 if withdraw else 40)
    assert health(fresh(source)).state == "well"
    with pytest.raises(Conflict):
        answer_loss(source, withdraw=withdraw, by=SYSTEM)
    site.put(calendar(on(1), on(2), on(3)))
    assert health(polled(source)).state == "well"
    assert len(public()) == (3 if withdraw else 40)


def test_drafts_stay_and_what_is_scheduled_is_held_back(site: Site) -> None:
    site.put(calendar(*(on(n) for n in range(1, 7))))
    source = polled(connected(site.address(), release=False))
    scheduled = Item.objects.get(working_title="E5")
    releasing.schedule(scheduled, BEGIN + timedelta(hours=5), by=SYSTEM, expected=1)
    releasing.release(Item.objects.get(working_title="E6"), by=SYSTEM, expected=1)
    site.put(calendar(*(on(n) for n in range(1, 5))))
    polled(source)
    states = dict(Item.objects.values_list("working_title", "state"))
    assert states == {"E1": "draft", "E2": "draft", "E3": "draft", "E4": "draft", "E5": "draft", "E6": "withdrawn"}


def test_entries_that_cannot_be_read_any_more_are_not_taken_for_missing(site: Site) -> None:
    site.put(calendar(*(on(n) for n in range(1, 6))))
    source = polled(connected(site.address()))
    site.put(calendar(*(on(n) for n in range(1, 5)), event("DTSTART:nonsense", uid="u5", summary="E5")))
    polled(source)
    assert len(public()) == 5


def test_an_event_that_becomes_private_is_withdrawn(site: Site) -> None:
    site.put(calendar(*(on(n) for n in range(1, 6))))
    source = polled(connected(site.address()))
    site.put(calendar(*(on(n) for n in range(1, 5)), on(5).replace("SUMMARY", "CLASS:PRIVATE\nSUMMARY")))
    polled(source)
    assert public() == {"E1", "E2", "E3", "E4"}


def test_an_alert_that_a_source_no_longer_shows_goes_on(site: Site) -> None:
    site.put(cap())
    source = polled(connected(site.address()))
    site.put(cap("B2", headline="Autre chose"))
    polled(source)
    assert len(public()) == 2


def test_what_somebody_corrected_is_withdrawn_too_where_that_was_chosen(site: Site) -> None:
    site.put(calendar(*(on(n) for n in range(1, 6))))
    source = polled(connected(site.address()))
    item = Item.objects.get(working_title="E5")
    drafting.save(item, making.content("event", title="Corrigé"), by=SYSTEM, expected=1)
    site.put(calendar(*(on(n) for n in range(1, 5))))
    polled(source)
    assert Item.objects.get(pk=item.pk).state == "withdrawn"
