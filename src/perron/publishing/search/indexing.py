"""Writing what items are found by: in the transaction that releases, corrects or withdraws them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from re import compile as pattern
from typing import Any
from uuid import UUID

from django.db import transaction

from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import DocumentWords, Item, Placement, SearchEntry
from perron.publishing.search import words

_BATCH = 250
_TAG = pattern(r"<[^>]*>")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A key begins with the moment, in parts of a second, from the year 1697 to 2242; 20 bits more tell apart what was
# published at the same moment, as a file's entries often are.
_PARTS, _LAST, _REST = 1024, 1 << 43, 20


def index(items: Iterable[Item]) -> None:
    """Write the entries of these locked items from what the public reads; of one that is not public, there is none."""
    keys = [item.pk for item in items]
    rows = list(Item.objects.filter(pk__in=keys, state=Item.State.RELEASED).with_all())
    read = dict(DocumentWords.objects.filter(attachment__enclosures__item__in=keys).values_list("pk", "words"))
    shown = _shown_by(keys)
    SearchEntry.objects.filter(item__in=keys).delete()
    entries = [
        SearchEntry(
            id=key_of(item),
            item=item,
            words=_words(item, read, [item.community_id, *shown.get(item.pk, ())]),
            expires_at=item.expires_at,
        )
        for item in rows
    ]
    _tell_apart(entries)
    # In the order of keys: FTS5 begins a new part of its index whenever a key is lower than the one before.
    SearchEntry.objects.bulk_create(sorted(entries, key=lambda entry: entry.pk))


def index_again(keys: Iterable[UUID]) -> None:
    """Write anew the entries of these items, which other communities show or show no more; in a transaction."""
    items = Item.objects.select_for_update().filter(pk__in=list(keys), state=Item.State.RELEASED)
    index(items.order_by("pk"))


def index_missing() -> int:
    """Write the entries of public items that have none, as after an update from a release without search; return how
    many there were."""
    written = 0
    while True:
        with transaction.atomic():
            missing = (
                Item.objects.released()
                .filter(search_entry=None)
                .order_by("published_at")
                .values_list("pk", flat=True)[:_BATCH]
            )
            rows = list(Item.objects.select_for_update().filter(pk__in=list(missing)))
            index(rows)
        written += len(rows)
        if len(rows) < _BATCH:
            return written


def key_of(item: Item) -> int:
    """Return the key of an item's entry: the later it was first published, the higher."""
    parts = ((item.published_at or _EPOCH) - _EPOCH) * _PARTS // timedelta(seconds=1)
    return (max(parts, -_LAST) << _REST) | (item.pk.int & ((1 << _REST) - 1))


def _tell_apart(entries: Sequence[SearchEntry]) -> None:
    taken = set(SearchEntry.objects.filter(pk__in=[entry.pk for entry in entries]).values_list("pk", flat=True))
    for entry in entries:
        while entry.pk in taken:
            entry.pk += 1
        taken.add(entry.pk)


def _shown_by(keys: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    accepted = Placement.objects.filter(item__in=keys, state=Placement.State.ACCEPTED).order_by("pk")
    shown: dict[UUID, list[UUID]] = {}
    for item, community in accepted.values_list("item_id", "community_id"):
        shown.setdefault(item, []).append(community)
    return shown


def _words(item: Item, read: dict[Any, str], communities: Sequence[UUID]) -> str:
    titles = [text.title for text in item.texts.all()]
    return words.entry_of(titles, _texts(item, read), communities, item.kind)


def _texts(item: Item, read: dict[Any, str]) -> Iterator[str]:
    for text in item.texts.all():
        yield text.summary
        yield unescape(_TAG.sub(" ", text.html))
    details = getattr(item, KINDS[item.kind].details_name(), None)
    for column in KINDS[item.kind].searched:
        yield from _said(getattr(details, column, ""))
    for picture in item.pictures.all():
        yield from picture.alternatives.values()
    for topic in item.topics.all():
        yield from topic.names.values()
    for area in item.areas.all():
        yield from area.names.values()
    # Last, because they are the longest: what does not fit is theirs.
    for enclosed in item.enclosures.all():
        yield from (enclosed.attachment.name, *enclosed.titles.values())
    for enclosed in item.enclosures.all():
        yield read.get(enclosed.attachment_id, "")


def _said(value: Any) -> Iterable[str]:
    return value.values() if isinstance(value, dict) else [str(value)]
