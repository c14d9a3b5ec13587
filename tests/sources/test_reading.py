import json

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from perron.core.errors import Refused, TooLarge
from perron.publishing.sources import reading
from perron.publishing.sources.entry import MOST_ENTRIES, Feed, Unreadable
from tests.sources.writing_files import calendar, cap, entry, event, rss

RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://a.example/"><title>A</title><link>https://a.example/</link></channel>
<item rdf:about="https://a.example/1"><title>Titre</title><link>https://a.example/1</link></item></rdf:RDF>"""
RSS_091 = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="0.91"><channel><title>\xe9t\xe9</title><item><title>Titre</title><link>https://a.example/1</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="nl"><id>urn:a</id><title>A</title>
<rights>CC BY 4.0</rights><entry><id>urn:1</id><title>Titre</title><updated>2026-02-28T10:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Een <b>tekst</b></p></div></content></entry>
</feed>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "A",
        "language": "de",
        "items": [
            {"id": 1, "title": "Titre", "content_html": "<p>x</p>", "date_published": "2026-02-28T10:00:00+01:00"}
        ],
    }
).encode()


@pytest.mark.parametrize(
    "data",
    [rss(entry()), RDF, RSS_091, ATOM, JSON, calendar(event("DTSTART:20260101T100000Z")), cap(), cap(version="1.1")],
)
def test_the_format_is_told_by_what_the_file_holds(data: bytes) -> None:
    assert len(reading.read(data).entries) == 1


def test_what_a_feed_says_of_itself_and_of_its_entries_is_kept() -> None:
    feed = reading.read(ATOM)
    [found] = feed.entries
    assert (feed.name, feed.address, feed.licence) == ("A", "urn:a", "CC BY 4.0")
    assert (found.identifier, found.wordings[0].language, found.wordings[0].is_html) == ("urn:1", "nl", True)
    assert str(found.published) == "2026-02-28 10:00:00+00:00"
    assert reading.read(RSS_091).name == "été"


def test_entries_without_title_date_or_identifier_still_go_in() -> None:
    data = rss(
        "<item><description>Une brève sans titre.</description></item>",
        "<item><title>Seul</title></item>",
        "<item><guid>3</guid></item>",
    )
    feed = reading.read(data)
    assert [bool(found.identifier) for found in feed.entries] == [True, True]
    assert [where for where, _why in feed.skipped] == ["entry 3"]


def test_of_entries_with_the_same_identifier_the_first_is_taken_and_the_others_are_named() -> None:
    feed = reading.read(rss(entry("1", "A"), entry("1", "B"), entry("1", "A")))
    assert [found.wordings[0].title for found in feed.entries] == ["A"]
    assert len(feed.skipped) == 1


BOMB = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<rss version="2.0"><channel><title>&b;</title></channel></rss>"""
OUTSIDE = """<!-- a --><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel>&x;</channel></rss>"""
PARAMETER = """<!DOCTYPE r SYSTEM "http://127.0.0.1/evil.dtd"><rss/>"""
DEEP = "<rss>" + "<a>" * 100_000 + "</a>" * 100_000 + "</rss>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("text", [BOMB, OUTSIDE, PARAMETER, DEEP], ids=["bomb", "outside", "parameter", "deep"])
def test_entities_document_types_and_deep_nesting_are_refused(text: str, encoding: str) -> None:
    with pytest.raises(Unreadable):
        reading.read(text.encode(encoding))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (rss(entry())[:-20], "Line 1"),
        (b"<rss>\n<channel>\n<title>a & b</title></channel></rss>", "Line 3"),
        (b'{"version":\n nonsense}', "Line 2"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "JSON Feed"),
        (b'{"a": ' + b"[" * 200_000, "nested"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "number"),
        (calendar(event("DTSTART:20260101T100000Z"))[:-20], "Line 8"),
        (calendar("NO CONTENT LINE", event("DTSTART:20260101T100000Z")), "Line 4"),
        (b"<!DOCTYPE html><html><p>", "web page"),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'/>", "web page"),
        (cap(version="1.0"), "1.1"),
        (cap().replace(b"<identifier>A1</identifier>", b""), "identifier"),
        (b"hello", "neither RSS"),
        (b"", "empty"),
        (b"\0\0\0", "empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "neither RSS"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_line_or_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refusal, translation.override("en"):
        reading.read(data)
    assert reason in refusal.value.message


def test_size_and_number_of_entries_are_limited() -> None:
    with pytest.raises(TooLarge):
        reading.read(b" " * (reading.LIMIT + 1))
    for data in (
        rss(*["<item><title>a</title></item>"] * (MOST_ENTRIES + 1)),
        calendar(*[event("DTSTART:20260101", uid=str(n)) for n in range(MOST_ENTRIES + 1)]),
    ):
        with pytest.raises(TooLarge):
            reading.read(data)


@pytest.mark.parametrize(
    "data",
    [
        b"<rss><channel>" + b"<a></a>" * 500_001 + b"</channel></rss>",
        b"<rss " + b" ".join(b"a%d='1'" % number for number in range(5_000)) + b"/>",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" * 200,
        b"BEGIN:VCALENDAR\r\n" + b"BEGIN:X\r\nEND:X\r\n" * 60_001 + b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\r\n" + b"X-A:b\r\n" * 500_001 + b"END:VCALENDAR",
    ],
    ids=["elements", "attributes", "calendars", "components", "lines"],
)
def test_what_would_take_minutes_is_refused_before_it_is_begun(data: bytes) -> None:
    with pytest.raises(TooLarge):
        reading.read(data)


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"<?xml version='1.0' encoding='utf-8'?>{}", ""),
        (b"{}", ""),
        (b"<?xml version='1.0' encoding='base64'?>{}", ""),
        (b"<?xml version='1.0' encoding='no-such'?>{}", "also-not"),
    ],
)
@pytest.mark.parametrize("real", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_characters_come_out_right_also_from_wrong_labels(data: bytes, charset: str, real: str) -> None:
    body = rss(entry(title="Été – “œuvre”")).decode()
    feed = reading.read(data.decode().replace("{}", body).encode(real), charset=charset)
    assert feed.entries[0].wordings[0].title == "Été – “œuvre”"


def test_what_the_server_says_of_the_characters_counts() -> None:
    data = rss(entry(title="Łódź")).decode().encode("iso-8859-2")
    assert reading.read(data, charset="iso-8859-2").entries[0].wordings[0].title == "Łódź"


def test_null_bytes_and_named_characters_do_no_harm() -> None:
    data = rss(entry(title="a\0b", text="caf&eacute; &nbsp;&LT;b&gt;"))
    [found] = reading.read(data).entries
    assert found.wordings[0].title == "ab"
    assert "café" in found.wordings[0].body


@settings(deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_no_bytes_raise_anything_but_the_refusal(data: bytes) -> None:
    for start in (b"", b"<rss>", b"BEGIN:VCALENDAR\r\n", b'{"version": "https://jsonfeed.org/version/1", "items": ['):
        _read(start + data)


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            calendar(
                event(
                    "DTSTART:20260101T100000Z",
                    "RRULE:FREQ=DAILY",
                    "EXDATE:20260102T100000Z",
                    "RDATE;VALUE=PERIOD:20260103T100000Z/PT1H",
                    "DURATION:PT1H",
                    "GEO:1;2",
                )
            )
            .decode()
            .split("\r\n")
        ),
        max_size=12,
    )
)
def test_no_order_of_lines_raises_anything_but_the_refusal(lines: list[str]) -> None:
    _read(calendar("\n".join(lines)))
    _read(calendar(event(*lines)))


@settings(deadline=None)
@given(
    st.sampled_from([rss(entry()), ATOM, cap(), JSON, calendar(event("DTSTART:20260101T100000Z", "RRULE:FREQ=DAILY"))]),
    st.integers(0, 2000),
    st.binary(max_size=5),
)
def test_no_damage_raises_anything_but_the_refusal(data: bytes, place: int, damage: bytes) -> None:
    _read(data[:place] + damage + data[place + len(damage) :])


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["id", "title", "content_html", "attachments", "url", "tags", "date_published"]), inner
            )
        ),
    )
)
def test_no_json_raises_anything_but_the_refusal(value: object) -> None:
    _read(json.dumps({"version": "https://jsonfeed.org/version/1", "items": [value]}).encode())


def _read(data: bytes) -> Feed | None:
    try:
        return reading.read(data)
    except Refused:
        return None
