"""RSS 0.9x, 1.0 and 2.0, and Atom: feedparser reads them. Entries become news; with CAP fields, alerts."""

import io
import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser
from django.utils.translation import gettext as _
from lxml import etree

from perron.core import markdown
from perron.publishing.sources import cap
from perron.publishing.sources.entry import Entry, Feed, Wording, identifier, joined, without_doubles

_PERIODS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7),
            "monthly": timedelta(days=30), "yearly": timedelta(days=365)}  # fmt: skip
_HTML = {"text/html", "application/xhtml+xml"}
_MARKUP = re.compile(
    r"<(?:p|br|a|ul|ol|li|b|i|strong|em|div|span|h[1-6]|table|img|script)\b|&(?:#\d+|\w+);", re.IGNORECASE
)


def read(root: etree._Element, base: str = "") -> Feed:
    """Return what the well-formed feed under `root` holds. Relative links without an xml:base start from `base`."""
    # Sanitising is ours to do, once, whatever the format.
    parsed = feedparser.parse(
        io.BytesIO(etree.tostring(root)),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
    )
    about = parsed.feed
    feed = Feed(
        name=_plain(about, "title"),
        address=_address(about),
        licence=_plain(about, "rights") or about.get("license", ""),
        format="Atom" if parsed.version.startswith("atom") else "RSS",
        pace=_pace(about),
    )
    prefix = next((str(p).lower() for p, uri in _namespaces(root) if uri.startswith(cap.NAMESPACE)), "")
    base = base or next((url for url in (feed.address, about.get("link", "")) if url.startswith("http")), "")
    for number, item in enumerate(parsed.entries, start=1):
        where = _("entry %(number)d") % {"number": number}
        _take(feed, item, where, language=about.get("language", ""), prefix=prefix, base=base)
    doubles = _("Another entry before it has the same identifier.")
    feed.entries = without_doubles(feed.entries, feed.skipped, doubles)
    return feed


def _take(feed: Feed, item: Any, where: str, *, language: str, prefix: str, base: str) -> None:
    title = _plain(item, "title")
    where = f"{where} ({title[:60]})" if title else where
    body, is_html = _body(item)
    if not title and not body.strip():
        feed.skipped.append((where, _("It has neither a title nor a text.")))
        return
    feed.pictures += body.count("<img") + sum(link["type"].startswith("image/") for link in _enclosures(item))
    wording = Wording(
        language=_language(item) or language,
        title=title,
        # Without a summary, feedparser gives the content, markup and all, under that name.
        summary=_plain(item, "summary") if item.get("content") and item.get("summary_detail") else "",
        body=body,
        is_html=is_html,
        links=tuple((link["title"], link["href"]) for link in _enclosures(item) if link["type"][:6] != "image/"),
    )
    entry = Entry(
        kind="news",
        identifier=identifier(item.get("id"), item.get("link"), f"{title}\n{body}"),
        where=where,
        wordings=(wording,),
        url=_url(item, base),
        base=base,
        published=_moment(item.get("published_parsed") or _updated(item)),
        categories=tuple(tag["term"] for tag in item.get("tags", []) if tag.get("term")),
    )
    fields = {key.removeprefix(f"{prefix}_"): value for key, value in item.items() if key.startswith(f"{prefix}_")}
    if prefix and fields:
        cap.take_indexed(feed, entry, fields)
    else:
        feed.entries.append(entry)


def _body(item: Any) -> tuple[str, bool]:
    """Return the longest text there is, and whether it is HTML."""
    offered = [*item.get("content", []), item.get("summary_detail") or {}]
    usable = [
        text
        for text in offered
        if text.get("value") and text.get("type", "text/plain").startswith(("text/", "application/xhtml"))
    ]
    if not usable:
        return "", False
    best = next((text for text in usable if text.get("type") in _HTML), usable[0])
    # feedparser calls RSS descriptions HTML without looking; most of those without markup are plain.
    return best["value"], best.get("type") in _HTML and bool(_MARKUP.search(best["value"]))


def _plain(item: Any, name: str) -> str:
    detail = item.get(f"{name}_detail") or {}
    value = detail.get("value") or item.get(name) or ""
    return markdown.plain(value) if detail.get("type") in _HTML else " ".join(value.split())


def _url(item: Any, base: str) -> str:
    """An identifier that only might be an address (RSS `guid`) is one if it is whole."""
    link = str(item.get("link", ""))
    return link if link == item.get("id") else joined(base, link)


def _enclosures(item: Any) -> list[dict[str, str]]:
    return [
        {
            "href": link["href"],
            "type": link.get("type", ""),
            "title": link.get("title") or link["href"].rsplit("/", 1)[-1],
        }
        for link in item.get("links", [])
        if link.get("rel") == "enclosure" and link.get("href")
    ]


def _language(item: Any) -> str:
    details = [*item.get("content", []), item.get("summary_detail") or {}, item.get("title_detail") or {}]
    return next((detail["language"] for detail in details if detail.get("language")), "")


def _address(about: Any) -> str:
    own = (link["href"] for link in about.get("links", []) if link.get("rel") == "self" and link.get("href"))
    return next(own, "") or about.get("id", "") or about.get("link", "")


def _pace(about: Any) -> timedelta:
    """How rarely it wants to be asked: RSS's ttl (minutes), or the period of the syndication module."""
    ttl = str(about.get("ttl", ""))
    minutes = int(ttl) if ttl.isdecimal() and len(ttl) < 7 else 0
    period = _PERIODS.get(str(about.get("sy_updateperiod", "")).strip().lower())
    often = str(about.get("sy_updatefrequency", "1")).strip()
    times = int(often) if often.isdecimal() and 0 < len(often) < 5 else 1
    return max(timedelta(minutes=minutes), (period or timedelta(0)) / max(times, 1))


def _updated(item: Any) -> Any:
    # feedparser warns where it has to put the date of publication in its place.
    return item["updated_parsed"] if "updated_parsed" in item else None  # noqa: SIM401 `get` is what warns


def _moment(parts: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(parts), UTC) if parts else None
    except (ValueError, OverflowError, OSError):
        return None


def _namespaces(root: etree._Element) -> list[tuple[str, str]]:
    """Return the prefixes with their namespaces, of the first elements: where feeds declare them."""
    found: dict[str, str] = {}
    for element, _number in zip(root.iter(), range(200), strict=False):
        found |= {prefix: uri for prefix, uri in element.nsmap.items() if prefix}
    return list(found.items())
