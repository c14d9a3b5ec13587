from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from perron.core import clock
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.privacy.clearing import clear
from perron.privacy.declaring import Activity
from perron.publishing.models import Connection, Source
from perron.publishing.sources.connecting import Chosen, answer_loss, connect
from perron.publishing.sources.health import health
from perron.publishing.sources.pacing import stale_after
from perron.publishing.sources.polling import poll_due
from perron.publishing.sources.telling import PAGE
from tests import making
from tests.sources.polled import BEGIN, fresh, polled
from tests.sources.site import Site
from tests.sources.writing_files import entry, rss

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.travel(BEGIN):
        yield


def outage(site: Site) -> Connection:
    """A source that an editor connected, and that fails since `BEGIN`."""
    liege = making.community()
    editor = making.person("editor@example.org", role="editor", at=liege)
    making.person("other@example.org", role="editor", at=liege)
    making.person("administrator@example.org", role="administrator", at=liege)
    site.put(rss(entry()))
    source = connect(liege, site.address(), Chosen(release=True, name="La feuille"), by=editor.actor)
    polled(source)
    site.put(status=500)
    return polled(source)


def letters(kind: str) -> list[str]:
    return sorted(Letter.objects.filter(kind=kind).values_list("to", flat=True))


TOLD = ["administrator@example.org", "editor@example.org"]


def test_after_a_day_it_is_told_once_and_once_more_when_it_works(site: Site) -> None:
    source = outage(site)
    for hours in (1, 23):
        with clock.travel(BEGIN + timedelta(hours=hours)):
            poll_due()
    assert letters("source-failing") == []
    for hours in (24, 25, 49, 80):
        with clock.travel(BEGIN + timedelta(hours=hours)):
            poll_due()
    assert letters("source-failing") == TOLD
    letter = Letter.objects.filter(kind="source-failing").first()
    assert letter is not None
    assert letter.context["sentence"].startswith("Le serveur répond par une erreur")
    site.put(rss(entry()))
    for hours in (200, 300):
        with clock.travel(BEGIN + timedelta(hours=hours)):
            poll_due()
    assert letters("source-works") == TOLD
    assert health(fresh(source)).state == "well"
    # Another outage is another story.
    site.put(status=500)
    for hours in (400, 430, 460):
        with clock.travel(BEGIN + timedelta(hours=hours)):
            poll_due()
    assert letters("source-failing") == sorted(TOLD * 2)


def test_an_outage_shorter_than_a_day_is_told_nobody(site: Site) -> None:
    source = outage(site)
    site.put(rss(entry()))
    polled(source, after=timedelta(hours=20))
    with clock.travel(BEGIN + timedelta(hours=40)):
        poll_due()
    assert not Letter.objects.exists()


def test_what_is_gone_is_told_at_once(site: Site) -> None:
    source = outage(site)
    site.put(status=410)
    polled(source)
    with clock.travel(BEGIN + timedelta(hours=40)):
        poll_due()
    assert letters("source-gone") == TOLD
    assert letters("source-failing") == []


def test_a_source_that_waits_for_a_decision_is_told_once_after_a_day(site: Site) -> None:
    liege = making.community()
    making.person("administrator@example.org", role="administrator", at=liege)
    site.put(rss(*(entry(str(n)) for n in range(40))))
    source = polled(connect(liege, site.address(), Chosen(release=True), by=SYSTEM))
    for outage in (1, 2):
        site.put(rss(entry("0"), entry("1")) + b" " * outage)
        with clock.travel(BEGIN + timedelta(days=10 * outage)):
            source = polled(source)
            assert health(source).state == "held"
        for hours in (23, 25, 60):
            with clock.travel(BEGIN + timedelta(days=10 * outage, hours=hours)):
                poll_due()
            assert letters("source-held") == ["administrator@example.org"] * (outage - (hours < 24))
        with clock.travel(BEGIN + timedelta(days=10 * outage + 5)):
            answer_loss(fresh(source), withdraw=False, by=SYSTEM)
            site.put(rss(*(entry(str(n)) for n in range(40))) + b" " * (outage + 5))
            source = polled(source)
    letter = Letter.objects.filter(kind="source-held").first()
    assert letter is not None
    assert "38" in letter.context["sentence"]


def test_who_left_is_told_nothing_and_a_partner_stands_in(site: Site) -> None:
    liege = making.community()
    site.put(status=500)
    left = making.person("left@example.org", role="author", at=liege)
    partners = making.person("partner@example.org")
    liege.partner.members.create(person=partners, role="administrator")
    source = connect(liege, site.address(), Chosen(), by=making.person(role="editor", at=liege).actor)
    Source.objects.filter(pk=source.pk).update(connected_by=left)
    polled(fresh(source))
    with clock.travel(BEGIN + timedelta(hours=30)):
        poll_due()
    assert letters("source-failing") == ["partner@example.org"]


def test_the_letters_may_be_sent_and_lead_to_the_page(site: Site) -> None:
    source = outage(site)
    with clock.travel(BEGIN + timedelta(hours=30)):
        poll_due()
    letter = Letter.objects.get(to="editor@example.org")
    assert not isinstance(clear(letter.whose, Activity.STAFF), str)
    path = reverse("studio:source", args=["liege", source.pk])
    assert path == PAGE.format(community="liege", source=source.pk)
    assert letter.context["link"].endswith(path)


def test_silence_is_unusual_by_the_source_s_own_rhythm() -> None:
    daily = [BEGIN - timedelta(days=n) for n in range(20)]
    monthly = [BEGIN - timedelta(days=30 * n) for n in range(5)]
    assert stale_after(daily) == BEGIN + timedelta(days=7)
    assert stale_after(monthly) == BEGIN + timedelta(days=90)
    assert stale_after(monthly[:3]) is None
    assert stale_after([]) is None
    # A pause in summer is no reason for alarm in the next one.
    holidays = [*daily, *(BEGIN - timedelta(days=60 + n) for n in range(20))]
    after = stale_after(holidays)
    assert after is not None
    assert after > BEGIN + timedelta(days=60)


def test_a_silent_source_says_so(site: Site) -> None:
    dates = (BEGIN - timedelta(days=n) for n in range(6))
    site.put(
        rss(*(entry(str(n), more=f"<pubDate>{d:%a, %d %b %Y %H:%M:%S} GMT</pubDate>") for n, d in enumerate(dates)))
    )
    source = polled(connect(making.community(), site.address(), Chosen(), by=SYSTEM))
    assert health(source).state == "well"
    with clock.travel(BEGIN + timedelta(days=8)):
        assert health(source).state == "stale"
