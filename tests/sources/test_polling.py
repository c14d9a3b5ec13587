import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from perron.core import clock
from perron.core.errors import Conflict
from perron.core.fetching import NotFetched
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting
from perron.publishing.models import Connection, Item, Origin, Text
from perron.publishing.sources import asking, connecting, polling
from perron.publishing.sources.health import health
from perron.publishing.sources.polling import poll_due
from perron.publishing.sources.taking import take
from tests import making
from tests.sources.polled import BEGIN, connected, fresh, polled, public
from tests.sources.site import Site
from tests.sources.writing_files import calendar, cap, entry, event, rss

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.travel(BEGIN):
        yield


def test_what_is_new_comes_in_by_itself_and_the_poll_leaves_a_trace(site: Site) -> None:
    site.put(rss(entry("1", "Un")))
    source = connected(site.address())
    assert poll_due() == 1
    site.put(rss(entry("1", "Un"), entry("2", "Deux")))
    assert poll_due() == 0
    with clock.travel(BEGIN + timedelta(hours=2)):
        assert poll_due() == 1
    assert public() == {"Un", "Deux"}
    assert fresh(source).changes == {"created": 1, "changed": 0, "withdrawn": 0}
    assert fresh(source).format == "RSS"
    assert AuditEntry.objects.filter(verb="poll", actor_kind="source").count() == 2
    assert health(fresh(source)).state == "well"


def test_a_source_that_says_unchanged_costs_at_most_two_queries(site: Site) -> None:
    site.put(rss(entry()), ETag='"1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")
    for number in range(polling.WORKERS * 3):
        connected(site.address(), at=making.community(f"c{number}"))
        Connection.objects.filter(source__community__slug=f"c{number}").update(host=f"h{number}")
    assert poll_due() == 24
    with clock.travel(BEGIN + timedelta(hours=2)), CaptureQueriesContext(database) as queries:
        assert poll_due() == 24
    assert all(headers["If-None-Match"] == '"1"' for _path, headers in site.asked[24:])
    assert all("If-Modified-Since" in headers for _path, headers in site.asked[24:])
    assert len(queries) <= 2 * 24
    assert Connection.objects.filter(due_at__gt=BEGIN + timedelta(hours=2, minutes=29)).count() == 24


def test_the_same_bytes_without_an_etag_are_known_too(site: Site) -> None:
    site.put(rss(entry()))
    source = polled(connected(site.address()))
    before = source.source.imported_at
    assert polled(source, after=timedelta(hours=1)).source.imported_at == before


def test_what_is_gone_for_good_is_paused_and_says_so(site: Site) -> None:
    site.put(rss(entry()))
    source = polled(connected(site.address()))
    site.put(status=410)
    source = polled(source)
    assert health(source).state == "gone"
    assert public() == {"Titre"}
    with clock.travel(BEGIN + timedelta(days=9)):
        assert poll_due() == 0
    with pytest.raises(Conflict):
        polled(source)
    site.put(rss(entry("2", "Deux")))
    connecting.resume(source, by=SYSTEM)
    assert poll_due() == 1
    assert health(fresh(source)).state == "well"


def test_a_web_page_instead_of_a_feed_changes_nothing(site: Site) -> None:
    site.put(rss(entry("1"), entry("2", "Deux")))
    source = polled(connected(site.address()))
    site.put(b"<!DOCTYPE html><html><body>Site en maintenance</body></html>")
    source = polled(source)
    assert "web page" in health(source).sentence
    assert public() == {"Titre", "Deux"}


def test_a_calendar_instead_of_a_feed_changes_nothing(site: Site) -> None:
    site.put(rss(entry("1")))
    source = polled(connected(site.address()))
    site.put(calendar(event("DTSTART:20261220T190000Z")))
    source = polled(source)
    assert (source.problem, source.detail) == ("changed_type", "iCalendar")
    assert "iCalendar" in health(source).sentence
    assert public() == {"Titre"}


def test_addresses_that_lead_in_circles_fail_with_a_sentence(site: Site) -> None:
    site.lead("/feed", "/other")
    site.lead("/other", "/feed")
    source = polled(connected(site.address()))
    assert source.problem == "redirects"
    assert "on and on" in health(source).sentence


def test_a_source_that_answers_a_byte_a_second_holds_nobody_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    others_are_done = threading.Event()

    def ask(address: str, *given: Any, **named: Any) -> asking.Asked:
        if address == site.address():
            # However slow this machine is: it is at it for as long as the others need.
            others_are_done.wait(60)
        return asking.ask(address, *given, **named | {"seconds": 1.0 if address == site.address() else 30.0})

    monkeypatch.setattr(polling, "ask", ask)
    site.put(rss(entry()), drip=1.0)
    slow = connected(site.address())
    with Site("127.0.0.2") as other:
        taken_in_turn: list[Any] = []

        def noted(connection: Connection, answer: Any) -> None:
            taken_in_turn.append(connection.pk)
            take(connection, answer)
            if len(taken_in_turn) == 20:
                others_are_done.set()

        monkeypatch.setattr(polling, "take", noted)
        for number in range(20):
            other.put(rss(entry("1", f"Titre {number}")), f"/{number}")
            connected(other.address(f"/{number}"))
            Connection.objects.filter(source__address=other.address(f"/{number}")).update(host=f"h{number}")
        assert poll_due() == 21
    # It was asked first, and answered last.
    assert taken_in_turn[-1] == slow.pk
    assert fresh(slow).problem == "timeout"
    assert len(public()) == 20


def test_no_host_is_asked_twice_at_once_and_each_has_its_pause(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.pause = 0.05
    monkeypatch.setattr(polling, "_TICK", 0.05)
    for number in range(4):
        site.put(rss(entry("1", f"Titre {number}")), f"/{number}")
        connected(site.address(f"/{number}"))
    assert poll_due() >= 1
    while poll_due():
        pass
    assert site.most_here == 1
    assert len(public()) == 4


def test_a_host_that_was_just_asked_waits(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling, "GAP", timedelta(seconds=1))
    first, second = connected(site.address("/1")), connected(site.address("/2"))
    claimed = polling._claim(10)
    assert len(claimed) == 1
    assert polling._claim(10) == []
    Connection.objects.filter(pk=claimed[0].pk).update(
        polling_until=None, polled_at=BEGIN, due_at=BEGIN + timedelta(hours=1)
    )
    assert polling._claim(10) == []
    with clock.travel(BEGIN + timedelta(seconds=2)):
        assert {row.pk for row in polling._claim(10)} == {first.pk, second.pk} - {claimed[0].pk}


def test_a_poll_that_was_killed_is_anybodys_again(site: Site) -> None:
    site.put(rss(entry()))
    source = connected(site.address())
    (killed,) = polling._claim(10)
    assert poll_due() == 0
    with pytest.raises(Conflict):
        polled(source)
    with clock.travel(BEGIN + timedelta(minutes=16)):
        assert poll_due() == 1
    # It comes back to life, and finds that somebody else did its work.
    take(killed, NotFetched("too late"))
    assert fresh(source).failures == 0
    take(killed, asking.ask(site.address()))
    assert fresh(source).failures == 0
    assert public() == {"Titre"}


def test_a_draft_that_was_deleted_here_does_not_come_back(site: Site) -> None:
    site.put(rss(entry("1", "Un"), entry("2", "Deux")))
    source = polled(connected(site.address(), release=False))
    drafting.discard(Item.objects.get(working_title="Un"), by=SYSTEM)
    for text in ("Autre", "Encore"):
        site.put(rss(entry("1", "Un"), entry("2", "Deux", text=text)))
        source = polled(source)
        assert list(Item.objects.values_list("working_title", flat=True)) == ["Deux"]


def test_what_somebody_corrected_is_kept_and_the_source_s_words_beside_it(site: Site) -> None:
    site.put(rss(entry("1", "Un")))
    source = polled(connected(site.address(), release=False))
    item = Item.objects.get()
    drafting.save(item, making.content(title="Corrigé"), by=SYSTEM, expected=1)
    site.put(rss(entry("1", "Un (bis)")))
    polled(source)
    origin = Origin.objects.get()
    assert origin.offer["content"]["texts"]["fr"]["title"] == "Un (bis)"
    assert Item.objects.get().working_title == "Corrigé"


def test_dates_that_cannot_be_are_none(site: Site) -> None:
    dates = ("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 20 Nov 2037 10:00:00 GMT", "Sat, 00 Foo 9999 99:99:99 GMT")
    site.put(rss(*(entry(str(n), f"T{n}", more=f"<pubDate>{date}</pubDate>") for n, date in enumerate(dates))))
    polled(connected(site.address()))
    assert set(Item.objects.values_list("published_at", flat=True)) == {BEGIN}


def test_a_file_that_grew_too_large_changes_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.put(rss(entry()))
    source = polled(connected(site.address()))
    monkeypatch.setattr(asking, "MOST_BYTES", 1000)
    site.put(rss(entry(text="x" * 2000)))
    assert polled(source).problem == "too_large"
    assert Text.objects.get().body == "Texte"


def test_an_error_of_our_own_ends_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.put(rss(entry()))
    source = connected(site.address())
    monkeypatch.setattr("perron.publishing.sources.taking.write_feed", lambda *_given, **_named: 1 / 0)
    assert poll_due() == 1
    assert fresh(source).problem == "unforeseen"


def test_fetching_leaves_no_thread_behind(site: Site) -> None:
    site.put(rss(entry()))
    connected(site.address())
    poll_due()
    for thread in threading.enumerate():
        if thread.name.startswith("fetch sources"):
            thread.join(5)
            assert not thread.is_alive()


def test_alerts_are_asked_for_more_often(site: Site) -> None:
    site.put(cap())
    source = polled(connected(site.address()))
    assert source.due_at <= BEGIN + timedelta(minutes=6)
    site.put(status=500)
    for _try in range(9):
        source = polled(source)
    assert source.due_at <= BEGIN + timedelta(hours=1.2)
