"""Looking at an address before anything is kept: what it holds, how that would look here, or which feeds it names."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from django.utils.translation import get_language

from perron.communities.models import Community
from perron.core.text import clean_line, shorten
from perron.publishing.models import Item
from perron.publishing.presenting import Story, present_draft
from perron.publishing.sources import asking, reading, wording
from perron.publishing.sources.asking import Asked, ask
from perron.publishing.sources.entry import Entry, Feed, Unreadable
from perron.publishing.sources.mapping import PLONE, Paths, at, loaded
from perron.publishing.sources.writing import topics_by_name

EXAMPLES = 3
_SECONDS = 20.0
_MOST_HTML = 500_000
_FEEDS = {"application/rss+xml", "application/atom+xml", "application/feed+json", "text/calendar"}
# What lists of many sites call these things; the first that is there is proposed.
_GUESSES = {
    "id": "id @id uid UID guid uuid identifier url link",
    "title": "title titre titel name nom naam headline label subject",
    "summary": "description summary excerpt abstract chapo intro teaser",
    "text": "text.data content.rendered body content text html description",
    "link": "url link @id href permalink canonical_url website",
    "date": "effective published date_published publishedAt published_at date created created_at modified pubDate",
    "start": "start start_date startDate starts_at date_start begin dateDebut",
    "end": "end end_date endDate ends_at date_end dateFin",
    "place": "location.name location place venue lieu address",
}


@dataclass(frozen=True)
class Looked:
    """What stands at an address. With `choices` it is a page that names feeds: (what they are called, address)."""

    address: str
    name: str = ""
    format: str = ""
    number: int = 0
    examples: tuple[Story, ...] = ()
    paths: Paths | None = None
    # Of the list's first entry, (path, what stands there): to fill in a mapping by.
    first: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    choices: tuple[tuple[str, str], ...] = ()


def look(community: Community, address: str, paths: Paths | None = None) -> Looked:
    """Return what `address` holds. Raises `NotFetched`, `Unreadable`, `TooLarge` with the sentence to show.

    Without `paths`, JSON that is no feed is read by those that it seems to have.
    """
    address = asking.with_all_columns(address.strip())
    asked = ask(address, paths, seconds=_SECONDS)
    kept = asked.first.moved or address
    if paths is None and _is_json(asked):
        return _look_at_json(community, kept, asked)
    try:
        return _looked(community, kept, asking.read(asked, paths), asked, paths)
    except Unreadable as error:
        if error.code != "web_page" or paths:
            raise
        if choices := tuple(_feeds_of(asked)):
            return Looked(address=asked.first.url, choices=choices)
        again = ask(address, accept=asking.JSON, seconds=_SECONDS)
        if not _is_json(again):
            raise
        return _look_at_json(community, kept, again)


def _is_json(asked: Asked) -> bool:
    text = reading.characters(asked.first.body, asked.first.charset).lstrip("\ufeff \t\r\n")[:2000]
    return text.startswith("[") or (text.startswith("{") and "https://jsonfeed.org/version/" not in text)


def _look_at_json(community: Community, address: str, asked: Asked) -> Looked:
    document = loaded(asked.first.body)
    paths = _guessed(document)
    if paths.next:
        asked = ask(address, paths, seconds=_SECONDS)
    try:
        feed = asking.read(asked, paths)
    except Unreadable:
        # JSON without a list may be a JSON Feed of another spelling: its reader says what is missing.
        reading.read(asked.first.body)
        raise
    return _looked(community, address, feed, asked, paths)


def _looked(community: Community, address: str, feed: Feed, asked: Asked, paths: Paths | None) -> Looked:
    entries = at(loaded(asked.first.body), paths.list) if paths and paths.list else None
    if paths and not paths.list:
        entries = loaded(asked.first.body)
    first = entries[0] if isinstance(entries, list) and entries else {}
    return Looked(
        address=address,
        name=shorten(clean_line(feed.name or urlsplit(address).hostname or ""), 140),
        format=feed.format,
        number=len(feed.entries),
        examples=tuple(_stories(community, feed.entries)),
        paths=paths,
        first=tuple(_leaves(first))[:40],
        skipped=tuple(feed.skipped[:20]),
    )


def _stories(community: Community, entries: list[Entry]) -> Iterator[Story]:
    """Yield the first few as they would look."""
    topics = topics_by_name()
    for entry in entries[:EXAMPLES]:
        content, _notes = wording.content(entry, community, topics)
        item = Item(community=community, kind=entry.kind, slug="example", published_at=entry.dated)
        if story := present_draft(item, content, get_language() or community.languages[0]):
            yield story


def _feeds_of(asked: Asked) -> Iterator[tuple[str, str]]:
    """Yield what a web page names as its feeds and calendars (RSS autodiscovery)."""
    page = reading.characters(asked.first.body[:_MOST_HTML], asked.first.charset)
    seen = set()
    for link in BeautifulSoup(page, "html.parser").find_all("link", href=True):
        words = str(link.get("rel") or "").lower()
        kind = str(link.get("type") or "").split(";")[0].strip().lower()
        address = urljoin(asked.first.url, str(link["href"]))
        if "alternate" in words and kind in _FEEDS and address.startswith("http") and address not in seen:
            seen.add(address)
            yield clean_line(str(link.get("title") or address))[:140], address


def _guessed(document: Any) -> Paths:
    """Return the mapping that the document seems to have."""
    place, entries = _longest_list(document)
    first = next((entry for entry in entries if isinstance(entry, dict)), {})
    if place == "items" and "@id" in first:
        return PLONE
    found = {
        name: next((path for path in paths.split() if at(first, path) not in (None, "", [], {})), "")
        for name, paths in _GUESSES.items()
    }
    return replace(Paths(list=place), **found)


def _longest_list(document: Any) -> tuple[str, list[Any]]:
    if isinstance(document, list):
        return "", document
    lists = [
        (path, value)
        for path, value in _branches(document)
        if isinstance(value, list) and any(isinstance(each, dict) for each in value)
    ]
    return max(lists, key=lambda each: len(each[1]), default=("", []))


def _branches(value: Any, before: str = "", depth: int = 3) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items() if isinstance(value, dict) and depth else ():
        yield f"{before}{name}", inner
        yield from _branches(inner, f"{before}{name}.", depth - 1)


def _leaves(value: Any) -> Iterator[tuple[str, str]]:
    for path, found in _branches(value):
        if isinstance(found, str | int | float) and not isinstance(found, bool) and str(found).strip():
            yield path, shorten(clean_line(str(found)), 80)
