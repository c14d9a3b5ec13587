"""JSON of any other shape, and what Plone answers to `@search` (plone.restapi: Searching, Batching)."""

import json
from contextlib import suppress
from typing import Any

import pytest

from perron.core import clock
from perron.core.errors import Refused
from perron.publishing.models import EventDetails, Item, Origin
from perron.publishing.sources import asking
from perron.publishing.sources.entry import Unreadable
from perron.publishing.sources.looking import look
from perron.publishing.sources.mapping import PLONE, Paths, read_mapped
from tests import making
from tests.sources.polled import BEGIN, connected, fresh, polled, public
from tests.sources.site import Site
from tests.sources.writing_files import entry, rss

pytestmark = pytest.mark.django_db

SITE = "https://www.commune.example"


@pytest.fixture(autouse=True)
def _today() -> Any:
    with clock.travel(BEGIN):
        yield


def item(number: int, **more: Any) -> dict[str, Any]:
    """A result of a Plone search with all columns, as far as it matters here."""
    return {
        "@id": f"{SITE}/actualites/nouvelle-{number}",
        "@type": "imio.smartweb.NewsItem",
        "UID": f"{number:032x}",
        "title": f"Nouvelle {number}",
        "description": f"En bref : {number}.",
        "review_state": "published",
        "type_title": "Actualité",
        "effective": f"2026-11-{number % 19 + 1:02}T08:30:00+00:00",
        "modified": "2026-11-19T10:00:00+00:00",
        "expires": "2499-12-31T00:00:00+00:00",
        "image_field": "image",
        "image_scales": {"image": [{"download": "@@images/image-800.jpeg"}]},
        "Subject": ["Travaux"],
        **more,
    }


def answer(items: list[dict[str, Any]], *, address: str = "", further: str = "", total: int | None = None) -> str:
    found: dict[str, Any] = {"@id": address or f"{SITE}/@search", "items": items}
    if further:
        found["batching"] = {"@id": address, "first": address, "last": further, "next": further}
    return json.dumps(found | {"items_total": len(items) if total is None else total})


def test_a_plone_search_becomes_news() -> None:
    (one, *_rest) = read_mapped([answer([item(1), item(2)]).encode()], PLONE, f"{SITE}/@search").entries
    assert (one.kind, one.identifier, one.url) == ("news", f"{1:032x}", f"{SITE}/actualites/nouvelle-1")
    assert one.wordings[0].title == "Nouvelle 1"
    assert one.wordings[0].body == "En bref : 1."
    assert one.published is not None
    assert one.published.isoformat() == "2026-11-02T08:30:00+00:00"


def test_full_objects_have_their_text_and_events_their_times() -> None:
    whole = item(1, text={"content-type": "text/html", "data": "<p>Un <strong>texte</strong></p>", "encoding": "utf-8"})
    event = item(
        2, **{"@type": "Event"}, start="2026-12-01T18:00:00+00:00", end="2026-12-01T20:00:00+00:00", location="Salle"
    )
    day = item(3, start="2026-12-02T00:00:00+00:00", end="2026-12-02T22:59:59+00:00", whole_day=True)
    news, evening, whole_day = read_mapped([answer([whole, event, day]).encode()], PLONE, SITE).entries
    assert news.wordings[0].is_html
    assert evening.kind == "event"
    assert evening.details == {
        "starts": "2026-12-01T19:00", "ends": "2026-12-01T21:00", "all_day": False, "place": "Salle"
    }  # fmt: skip
    assert (whole_day.details["starts"], whole_day.details["all_day"]) == ("2026-12-02", True)


def test_what_is_not_published_or_never_was_dated() -> None:
    items = [item(1, review_state="private"), item(2, effective="1969-12-31T00:00:00+00:00")]
    feed = read_mapped([answer(items).encode()], PLONE, SITE)
    assert [one.wordings[0].title for one in feed.entries] == ["Nouvelle 2"]
    assert feed.entries[0].dated is None
    assert len(feed.skipped) == 1


def test_a_list_in_parts_is_followed_and_polled(site: Site) -> None:
    first, second = "/@search?b_size=20&metadata_fields=_all", "/@search?b_start=20&b_size=20"
    site.put(answer([item(n) for n in range(20)], further=site.address(second), total=25), first)
    site.put(answer([item(n) for n in range(20, 25)], total=25), second)
    source = polled(connected(site.address(first), paths=PLONE))
    assert (source.problem, len(public())) == ("", 25)
    assert {headers["Accept"] for _path, headers in site.asked} == {"application/json"}
    # All of it was there, so what is missing was taken away.
    site.put(answer([item(n) for n in range(20, 24)], total=24), second)
    site.put(answer([item(n) for n in range(20)], further=site.address(second), total=24), first)
    assert polled(source).changes["withdrawn"] == 1
    site.put(status=500, path=second)
    source = polled(source)
    assert (source.problem, len(public())) == ("status", 24)


def test_a_list_that_leads_in_circles_or_elsewhere_ends(site: Site) -> None:
    site.put(answer([item(1)], further=site.address("/@search"), total=9), "/@search")
    asked = asking.ask(site.address("/@search"), PLONE)
    assert len(asked.pages) == 1
    site.put(answer([item(1)], further="http://169.254.169.254/latest", total=9), "/@search")
    feed = asking.read(asking.ask(site.address("/@search"), PLONE), PLONE)
    assert not feed.is_whole


def test_looking_recognises_plone_and_asks_for_all_columns(site: Site) -> None:
    site.put(answer([item(n) for n in range(5)]), "/@search?portal_type=News&metadata_fields=_all")
    found = look(making.community(), site.address("/@search?portal_type=News"))
    assert found.paths == PLONE
    assert (found.number, len(found.examples), found.format) == (5, 3, "JSON")
    assert found.address.endswith("metadata_fields=_all")
    assert ("title", "Nouvelle 0") in found.first
    assert not Item.objects.exists()


def test_looking_guesses_where_what_is(site: Site) -> None:
    posts = [
        {"id": n, "titre": f"T{n}", "url": f"/n/{n}", "date": "2026-11-02", "content": {"rendered": "<p>Ici</p>"}}
        for n in range(4)
    ]
    site.put(json.dumps({"meta": {"total": 4}, "data": {"posts": posts}}), "/api")
    found = look(making.community(), site.address("/api"))
    assert found.paths == Paths(
        list="data.posts", id="id", title="titre", text="content.rendered", link="url", date="date"
    )
    assert found.examples[0].html == "<p>Ici</p>\n"
    source = polled(connected(site.address("/api"), paths=found.paths))
    assert public() == {"T0", "T1", "T2", "T3"}
    assert set(Origin.objects.values_list("url", flat=True)) == {site.address(f"/n/{n}") for n in range(4)}
    site.put(json.dumps({"data": {"news": posts}}), "/api")
    assert polled(source).problem == "no_list"


def test_a_web_page_leads_to_its_feeds(site: Site) -> None:
    page = """<!doctype html><html><head><link rel="alternate" type="application/rss+xml" title="Nouvelles" href="/rss">
        <link rel="stylesheet" href="/x.css"><link rel="alternate" type="text/calendar" href="agenda.ics"></html>"""
    site.put(page, "/")
    found = look(making.community(), site.address("/"))
    assert found.choices == (("Nouvelles", site.address("/rss")), (site.address("/agenda.ics"),) * 2)
    site.put("<!doctype html><html><p>Rien</p></html>", "/")
    with pytest.raises(Unreadable, match="web page"):
        look(making.community(), site.address("/"))


def test_looking_at_a_feed_shows_three_and_follows_what_moved_for_good(site: Site) -> None:
    site.lead("/feed", "/new")
    site.put(rss(*(entry(str(n), f"N{n}") for n in range(5))), "/new")
    found = look(making.community(), site.address())
    assert (found.name, found.format, found.number) == ("La feuille", "RSS", 5)
    assert [story.title for story in found.examples] == ["N0", "N1", "N2"]
    assert found.address == site.address("/new")


@pytest.mark.parametrize(
    "page", ["[1, 2]", "{", '{"items": 3}', "null", "[" * 5000, '{"version": "https://jsonfeed.org/version/1"}', "[]"]
)
def test_json_that_is_no_list_of_entries_is_refused_or_empty(site: Site, page: str) -> None:
    site.put(page, "/api")
    with suppress(Refused):
        assert look(making.community(), site.address("/api")).number == 0


def test_hostile_paths_find_nothing() -> None:
    for path in ("a..b", "..", "|", "0.0.0", "items.99999999999", "__class__", "é" * 200, "items.-1"):
        feed = read_mapped([b'{"items": [{"t": 1}]}'], Paths(list="items", title=path), SITE)
        assert feed.entries == []


def test_an_event_of_a_list_is_an_event_here(site: Site) -> None:
    site.put(json.dumps([{"id": 1, "name": "Bal", "startDate": "2026-12-24T20:00", "venue": "Gare"}]), "/api")
    found = look(making.community(), site.address("/api"))
    assert found.paths is not None
    source = polled(connected(site.address("/api"), paths=found.paths))
    assert fresh(source).problem == ""
    assert EventDetails.objects.get().starts_at.isoformat() == "2026-12-24T19:00:00+00:00"
