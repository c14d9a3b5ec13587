"""Files as they come in real life: folded inside a character, labelled wrongly, with links that lead from somewhere."""

import json
from datetime import UTC, datetime

import pytest

from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Refused
from perron.publishing.content import Words
from perron.publishing.sources import reading, wording
from perron.publishing.sources.entry import Entry
from tests.sources.writing_files import calendar, entry, event, rss

FETCHED = "https://commune.example/actualites/flux.xml"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"{}><id>urn:x</id><title>t</title>
    <entry><id>tag:1</id><title>Pont</title><link href="/pont"/><updated>2026-11-01T10:00:00Z</updated>
    <content type="xhtml">
    <div xmlns="http://www.w3.org/1999/xhtml"><p>Voir <a href="plan.html">le plan</a> du <b>pont</b>.</p>
    </div></content></entry></feed>"""


@pytest.mark.parametrize("width", [*range(30, 50), 75])
def test_a_calendar_may_be_folded_between_the_bytes_of_a_character(width: int) -> None:
    data = calendar(event("DTSTART:20261120T190000Z", "DESCRIPTION:Fête à Liège – 5 € 🎉 " * 3))
    lines = [
        b"\r\n ".join(line[at : at + width] for at in range(0, len(line) or 1, width)) for line in data.split(b"\r\n")
    ]
    [found] = reading.read(b"\r\n".join(lines)).entries
    assert found.wordings[0].body.startswith("Fête à Liège – 5 € 🎉 DESCRIPTION:Fête à Liège")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\r\n", b"\r\n\r\n"])
def test_a_calendar_may_end_its_lines_as_it_likes(end: bytes) -> None:
    data = calendar(event("DTSTART:20261120T190000Z")).replace(b"\r\n", end)
    assert [found.wordings[0].title for found in reading.read(data).entries] == ["Concert"]


@pytest.mark.parametrize("missing", ["END:VEVENT", "END:VCALENDAR", "BEGIN:VEVENT"])
def test_a_calendar_with_a_part_that_is_not_closed_is_refused_by_its_line(missing: str) -> None:
    data = calendar(event("DTSTART:20261120T190000Z")).decode().replace(f"{missing}\r\n", "").removesuffix(missing)
    with pytest.raises(Refused, match=r"^Line \d+: "):
        reading.read(data.encode())


@pytest.mark.parametrize(
    ("line", "told"), [("DTSTART:20260229", "20260229"), ("DTSTART:20261120\r\nDURATION:P1X", "P1X")]
)
def test_a_moment_that_cannot_be_is_quoted(line: str, told: str) -> None:
    [(where, reason)] = reading.read(calendar(event(line))).skipped
    assert "Concert" in where
    assert told in reason


def test_what_cannot_be_read_beside_the_times_does_not_cost_the_event() -> None:
    [found] = reading.read(calendar(event("DTSTART:20261120", "SEQUENCE:abc", "GEO:here", "PRIORITY:x"))).entries
    assert "latitude" not in found.details


def test_a_zone_that_nobody_knows_and_a_rule_that_nobody_applies_are_said() -> None:
    lines = ["DTSTART;TZID=Nowhere/Land:20261120T190000", "RRULE:FREQ=DAILY;COUNT=3", "EXRULE:FREQ=DAILY;COUNT=1"]
    [found] = reading.read(calendar(event(*lines))).entries
    assert "Nowhere/Land" in found.notes[0]
    assert "EXRULE" in found.notes[1]
    [known] = reading.read(calendar(event("DTSTART:20261120T190000", "RRULE:FREQ=DAILY;COUNT=3"))).entries
    assert known.notes == ()


def test_a_date_cancelled_with_all_that_follow_ends_the_series() -> None:
    series = event("DTSTART;TZID=Europe/Brussels:20261120T190000", "RRULE:FREQ=DAILY;COUNT=6")
    off = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Brussels:20261122T190000",
        "DTSTART;TZID=Europe/Brussels:20261122T190000",
        "STATUS:CANCELLED",
    )
    with clock.travel(datetime(2026, 11, 20, tzinfo=UTC)):
        [found] = reading.read(calendar(series, off)).entries
    assert (found.details["starts"], found.details["extra_dates"]) == ("2026-11-20T19:00:00", "20261121T190000")


def test_an_event_that_outlook_calls_all_day_is_one() -> None:
    lines = ["DTSTART;TZID=Europe/London:20261120T000000", "DTEND;TZID=Europe/London:20261122T000000"]
    [found] = reading.read(calendar(event(*lines, "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE"))).entries
    days = {"starts": "2026-11-20", "ends": "2026-11-21", "all_day": True, "time_zone": "Europe/London"}
    assert found.details.items() >= days.items()
    [timed] = reading.read(calendar(event(*lines, "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE"))).entries
    assert timed.details["all_day"] is False


def test_a_few_foreign_bytes_do_not_spoil_a_file() -> None:
    data = rss(entry(title="Liège – été", text="!")).replace(b"!", "l’école à 5 €".encode("cp1252"))
    words = reading.read(data).entries[0].wordings[0]
    assert (words.title, words.body) == ("Liège – été", "l’école à 5 €")


@pytest.mark.parametrize("label", ["iso-8859-1", "ISO-8859-15", "windows-1252", "us-ascii"])
def test_utf_8_is_seen_under_another_label(label: str) -> None:
    data = calendar(event("DTSTART:20261120"), head="X-WR-CALNAME:Été à Liège")
    assert reading.read(data, charset=label).name == "Été à Liège"


@pytest.mark.parametrize(
    "start", ["<!doctype html>", "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML'>", "<!-- --><html><p>"]
)
def test_a_web_page_is_called_one(start: str) -> None:
    with pytest.raises(Refused, match="web page"):
        reading.read(f"{start}<html><body/></html>".encode())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("base", "attribute", "pont", "plan"),
    [
        (FETCHED, "", "https://commune.example/pont", "https://commune.example/plan.html"),
        (FETCHED, ' xml:base="https://o.example/a/"', "https://o.example/pont", "https://o.example/a/plan.html"),
        ("", ' xml:base="https://o.example/a/"', "https://o.example/pont", "https://o.example/a/plan.html"),
    ],
)
def test_links_of_an_atom_feed_lead_on(base: str, attribute: str, pont: str, plan: str) -> None:
    [found] = reading.read(ATOM.format(attribute).encode(), base=base).entries
    assert found.url == pont
    words = _words(found)
    assert words.body == f"Voir [le plan](<{plan}>) du **pont**."
    assert words.summary == "Voir le plan du pont."


@pytest.mark.django_db
def test_links_of_rss_lead_on_and_an_identifier_is_no_link() -> None:
    data = rss(entry("17", text="&lt;a href='/plan'&gt;Le plan&lt;/a&gt;"), head="<link>https://o.example/x/</link>")
    [found] = reading.read(data).entries
    assert found.url == "17"
    assert _words(found).body == "[Le plan](<https://o.example/plan>)"


@pytest.mark.django_db
def test_links_of_a_json_feed_lead_on_also_where_the_text_is_the_title() -> None:
    item = {"id": "1", "url": "/a", "content_html": "<p>Ouvert: <a href='b'>ici</a></p>"}
    feed = {"version": "https://jsonfeed.org/version/1", "home_page_url": "https://o.example/x/", "items": [item]}
    [found] = reading.read(json.dumps(feed).encode()).entries
    assert found.url == "https://o.example/a"
    assert _words(found) == Words(title="Ouvert: ici", body="Ouvert: [ici](<https://o.example/b>)")


def _words(found: Entry) -> Words:
    community = Community(languages=["fr"])
    return wording.content(found, community, {})[0].texts["fr"]
