"""JSON of any other shape, by a small mapping: where the list is, and where each entry keeps its title, link, date.

A path is names and places joined by dots ("data.items.0"); several are tried in turn, with "|" between them
("text.data|description"). One mapping is ready: what Plone answers to `@search` (plone.restapi, "Searching").
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from perron.core.clock import BRUSSELS
from perron.core.text import clean_text
from perron.publishing.sources.entry import (
    Entry,
    Feed,
    Unreadable,
    Wording,
    identifier,
    look_at_number,
    without_doubles,
)

# A list that goes on for longer is not read to its end.
MOST_PAGES = 20
_MARKUP = ("</", "<br", "<p>")


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Where what is. With a `start`, entries become events, otherwise news.

    `only` is a condition, "review_state=published": entries without it are left out. `next` leads to the address of the
    next part of the list, `total` to the number of entries of all parts.
    """

    list: str = ""
    id: str = ""
    title: str = ""
    summary: str = ""
    text: str = ""
    link: str = ""
    date: str = ""
    start: str = ""
    end: str = ""
    place: str = ""
    only: str = ""
    next: str = ""
    total: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the paths that there are."""
        return {name: path for name, path in asdict(self).items() if path}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Paths":
        """Return what `to_json` gave."""
        return cls(**{field.name: str(kept[field.name])[:200] for field in fields(cls) if kept.get(field.name)})


PLONE = Paths(
    list="items",
    id="UID|@id",
    title="title",
    summary="description",
    text="text.data",
    link="@id",
    date="effective|modified",
    start="start",
    end="end",
    place="location",
    only="review_state=published",
    next="batching.next",
    total="items_total",
)


def read_mapped(pages: list[bytes], paths: Paths, address: str) -> Feed:
    """Return what the list in `pages` holds, which stand at `address` and after it. Raises `Unreadable`, `TooLarge`."""
    documents = [loaded(page) for page in pages]
    feed = Feed(format="JSON")
    found = [entry for document in documents for entry in _list(document, paths)]
    look_at_number(len(found))
    for number, values in enumerate(found, start=1):
        where = _("entry %(number)d") % {"number": number}
        if isinstance(values, dict):
            _take(feed, values, paths, where, address)
        else:
            feed.skipped.append((where, _("It is not an entry.")))
    total = at(documents[0], paths.total)
    feed.is_whole = isinstance(total, int) and total == len(found) and not _goes_on(documents[-1], paths)
    doubles = _("Another entry before it has the same identifier.")
    feed.entries = without_doubles(feed.entries, feed.skipped, doubles)
    return feed


def next_page(page: bytes, paths: Paths) -> str:
    """Return the address of the part after this one, or ""."""
    try:
        return _text(at(loaded(page), paths.next)) if paths.next else ""
    except Unreadable:
        return ""


def loaded(page: bytes) -> Any:
    """Return the JSON in `page`. Raises `Unreadable`."""
    try:
        return json.loads(page)
    except (ValueError, RecursionError) as error:
        code = "web_page" if page.lstrip()[:1] == b"<" else "unreadable"
        raise Unreadable(_("There is no JSON at this address."), code) from error


def at(value: Any, path: str) -> Any:
    """Return what stands at the first of the paths where something does, or None."""
    return next((found for one in path.split("|") if (found := _one(value, one.strip())) not in (None, "")), None)


def _one(value: Any, path: str) -> Any:
    if not path:
        return None
    for name in path.split("."):
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and len(name) < 6:
            value = value[int(name)] if int(name) < len(value) else None
        else:
            return None
    return value


def _list(document: Any, paths: Paths) -> list[Any]:
    found = at(document, paths.list) if paths.list else document
    if not isinstance(found, list):
        raise Unreadable(_("There is no list at “%(path)s”.") % {"path": paths.list or "."}, "no_list")
    return found


def _goes_on(document: Any, paths: Paths) -> bool:
    return bool(paths.next and at(document, paths.next))


def _take(feed: Feed, values: dict[str, Any], paths: Paths, where: str, address: str) -> None:
    title, body = _text(at(values, paths.title)), _text(at(values, paths.text))
    where = f"{where} ({title[:60]})" if title else where
    summary = _text(at(values, paths.summary))
    name, _equals, wanted = paths.only.partition("=")
    # A site that does not say in which state its entries are shows only those that are public.
    if wanted and (state := _text(at(values, name.strip()))) and state != wanted.strip():
        feed.skipped.append((where, _("It is not published there.")))
        feed.hidden += 1
        return
    if not title and not (body or summary):
        feed.skipped.append((where, _("It has neither a title nor a text.")))
        return
    link = _text(at(values, paths.link))
    wording = Wording(
        language=_text(at(values, "language.token|language|Language")),
        title=title,
        summary=summary,
        body=body or summary,
        is_html=any(sign in body for sign in _MARKUP),
    )
    details = dict(_times(values, paths))
    feed.entries.append(
        Entry(
            kind="event" if details else "news",
            identifier=identifier(_text(at(values, paths.id)), link, f"{title}\n{body or summary}"),
            where=where,
            wordings=(wording,),
            details=details,
            url=urljoin(address, link) if link else "",
            published=_moment(_text(at(values, paths.date))),
        )
    )


def _times(values: dict[str, Any], paths: Paths) -> Iterator[tuple[str, Any]]:
    start, end = _text(at(values, paths.start)), _text(at(values, paths.end))
    if not start:
        return
    is_day = len(start) <= 10 or values.get("whole_day") is True
    yield "starts", _local(start, is_day)
    yield "ends", _local(end, is_day) if end and values.get("open_end") is not True else ""
    yield "all_day", is_day
    yield "place", _text(at(values, paths.place))[:140]


def _local(text: str, is_day: bool) -> str:
    """Return a moment as our form takes it: local to Brussels, without a zone; what cannot be read, as it stands."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text[:19]
    local = moment.astimezone(BRUSSELS) if moment.tzinfo else moment
    return local.date().isoformat() if is_day else local.isoformat()[:16]


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return clean_text(str(value)).strip()
