"""JSON Feed 1 and 1.1 (jsonfeed.org/version/1.1). Entries become news."""

import json
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from perron.core.text import clean_text
from perron.publishing.sources.entry import (
    Entry,
    Feed,
    Unreadable,
    Wording,
    identifier,
    joined,
    look_at_number,
    without_doubles,
)


def read(text: str, base: str = "") -> Feed:
    """Return what the JSON feed `text` holds; raises `Unreadable`. Relative addresses start from `base`."""
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(
            _("Line %(line)d: this is not JSON (%(reason)s).") % {"line": error.lineno, "reason": error.msg}
        ) from error
    except ValueError as error:
        raise Unreadable(_("The file holds a number that is too long.")) from error
    items = found.get("items")
    if not _text(found, "version").startswith("https://jsonfeed.org/version/") or not isinstance(items, list):
        raise Unreadable(_("This is JSON, but not a JSON Feed: its version or its items are missing."))
    look_at_number(len(items))
    feed = Feed(name=_text(found, "title"), address=_text(found, "feed_url") or _text(found, "home_page_url"))
    base = base or feed.address
    for number, item in enumerate(items, start=1):
        where = _("entry %(number)d") % {"number": number}
        if isinstance(item, dict):
            _take(feed, item, where, _text(found, "language"), base)
        else:
            feed.skipped.append((where, _("It is not an entry.")))
    doubles = _("Another entry before it has the same identifier.")
    feed.entries = without_doubles(feed.entries, feed.skipped, doubles)
    return feed


def _take(feed: Feed, item: dict[str, Any], where: str, language: str, base: str) -> None:
    title, html = _text(item, "title"), _text(item, "content_html")
    body = html or _text(item, "content_text") or _text(item, "summary")
    where = f"{where} ({title[:60]})" if title else where
    if not title and not body.strip():
        feed.skipped.append((where, _("It has neither a title nor a text.")))
        return
    attached = [file for file in _list(item, "attachments") if isinstance(file, dict) and _text(file, "url")]
    pictures = [file for file in attached if _text(file, "mime_type").startswith("image/")]
    feed.pictures += html.count("<img") + len(pictures) + bool(item.get("image"))
    feed.entries.append(
        Entry(
            kind="news",
            identifier=identifier(item.get("id"), item.get("url"), f"{title}\n{body}"),
            where=where,
            wordings=(
                Wording(
                    language=_text(item, "language") or language,
                    title=title,
                    summary=_text(item, "summary"),
                    body=body,
                    is_html=bool(html),
                    links=tuple(
                        (_text(file, "title") or _text(file, "url").rsplit("/", 1)[-1], _text(file, "url"))
                        for file in attached
                        if file not in pictures
                    ),
                ),
            ),
            url=joined(base, _text(item, "url") or _text(item, "external_url")),
            base=base,
            published=_moment(_text(item, "date_published") or _text(item, "date_modified")),
            categories=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        )
    )


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    # JSON can escape what no text may hold: nulls, half characters.
    return clean_text(value) if isinstance(value, str) else ""


def _list(values: dict[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
