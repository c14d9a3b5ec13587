"""What becomes of items whose entries are no longer in their source.

A feed shows its newest entries: what is older than the oldest of them has only left the window. A calendar is whole,
but forgets what is over. And a source that loses most of what it had overnight is more often broken than emptied:
nothing is withdrawn then until a person has decided.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched, pairwise
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from perron.core.clock import BRUSSELS, now
from perron.privacy.acting import Actor
from perron.publishing import releasing
from perron.publishing.models import Connection, Item, Occurrence, Origin
from perron.publishing.sources.entry import Entry, Feed
from perron.publishing.sources.writing import OFF, Outcome

_BATCH = 250
# Of fewer, losing most is nothing unusual.
_FEW = 3
# A calendar with a round number of events may be showing the next so many of more.
_CAPPED = 5


@dataclass(frozen=True)
class _Had:
    """An item that the source had last time, and when its entry was dated and starts, as far as that is known."""

    item: UUID
    date: str
    start: str
    was_missed: bool
    is_over: bool


def settle(connection: Connection, feed: Feed, outcome: Outcome, *, by: Actor) -> int:
    """Look for what is missing from `feed`, which was written with `outcome`; withdraw it if that was chosen.

    Sets `held_at`, `lost` and `lost_of` of the connection without saving it. Returns how many items were withdrawn.
    """
    if len(feed.skipped) - feed.hidden > connection.unread:
        # What cannot be read may be what is missing.
        return 0
    with transaction.atomic():
        created = set(outcome.created)
        had = [each for each in _present(connection) if each.item not in created]
        _mark(_returned(connection) & outcome.seen, None)
        missing = [each for each in had if each.item not in outcome.seen]
        over = [each.item for each in missing if each.is_over]
        lost = [each for each in missing if not each.is_over]
        gone = [each.item for each in lost if _is_gone(each, feed, len(had))]
        before = sum(not each.is_over for each in had)
        if _is_unusual(feed, len(lost), len(gone), before):
            connection.held_at = connection.held_at or now()
            connection.lost, connection.lost_of = len(lost), before
            _mark(over, connection.held_at - timedelta(seconds=1))
            _mark([each.item for each in lost if not each.was_missed], now())
            return 0
        connection.held_at, connection.lost, connection.lost_of = None, 0, 0
        _mark([each.item for each in missing], now())
        return 0 if connection.vanishing == Connection.Vanishing.KEEP else _withdraw(gone, by=by)


def decide(connection: Connection, *, withdraw: bool, by: Actor) -> int:
    """End a hold: withdraw what the source lost, or keep it. In a transaction; returns how many were withdrawn."""
    lost = [each.item for each in _present(connection) if each.was_missed and not each.is_over]
    connection.held_at, connection.lost, connection.lost_of = None, 0, 0
    return _withdraw(lost, by=by) if withdraw else 0


def _of(connection: Connection) -> Q:
    source = connection.source
    return Q(community=source.community_id, source=source.address)


def _present(connection: Connection) -> list[_Had]:
    """Return what the source had last time; while it is held, also what was found missing since."""
    there = Q(missing_since=None)
    if connection.held_at:
        there |= Q(missing_since__gte=connection.held_at)
    coming = Occurrence.objects.filter(item=OuterRef("pk"), ends_at__gt=now())
    origins = Origin.objects.filter(_of(connection) & there).exclude(item__kind="alert")
    rows = origins.values_list("pk", "marks", "missing_since", "item__kind", Exists(coming))
    yesterday = (now() - timedelta(days=1)).astimezone(BRUSSELS).isoformat()[:16]
    had = []
    for item, marks, missing_since, kind, comes in rows:
        date, start = marks.get("date", ""), marks.get("start", "")
        # Calendars forget what took place.
        is_over = kind == "event" and not comes and start < yesterday
        had.append(_Had(item, date, start, missing_since is not None, is_over))
    return had


def _returned(connection: Connection) -> set[UUID]:
    gone = Origin.objects.filter(_of(connection), missing_since__isnull=False)
    return set(gone.values_list("pk", flat=True))


def _is_gone(lost: _Had, feed: Feed, before: int) -> bool:
    """Say whether it was taken away, rather than pushed out by others."""
    if not feed.is_whole:
        edge = _edge(feed.entries)
        return bool(edge and lost.date and datetime.fromisoformat(lost.date) > edge)
    entries = len(feed.entries)
    if entries >= 2 * _CAPPED and entries % _CAPPED == 0 and entries >= before:
        return lost.start <= max(entry.marks.get("start", "") for entry in feed.entries)
    return True


def _edge(entries: list[Entry]) -> datetime | None:
    """Return the moment before which a feed shows nothing any more: that of its far end.

    What stands there counts, not what is oldest: an old entry may be kept on top. Of the last two the later one.
    """
    dates = [entry.dated for entry in entries if entry.dated]
    if len(dates) < 2:
        return None
    falling = sum(later <= earlier for earlier, later in pairwise(dates))
    far = dates[-2:] if 2 * falling >= len(dates) - 1 else dates[:2]
    return max(far)


def _is_unusual(feed: Feed, lost: int, gone: int, before: int) -> bool:
    """Say whether so much is missing that a person should look: all of it, or most."""
    if not feed.entries:
        return lost > 0
    shrunk = lost >= _FEW and 2 * lost > before and 2 * len(feed.entries) < before
    return shrunk or (gone >= _FEW and 2 * gone > before)


def _mark(items: Iterable[UUID], missing_since: datetime | None) -> None:
    for keys in batched(items, _BATCH, strict=False):
        Origin.objects.filter(pk__in=keys).update(missing_since=missing_since)


def _withdraw(keys: list[UUID], *, by: Actor) -> int:
    """Withdraw what is public and hold back what is scheduled; drafts stay for whoever writes them."""
    withdrawn = 0
    for item in Item.objects.filter(pk__in=keys).select_related("community", "origin"):
        if item.state == Item.State.RELEASED:
            releasing.withdraw(item, by=by)
        elif item.state == Item.State.SCHEDULED:
            releasing.unschedule(item, by=by)
        else:
            continue
        # It may come back, and is released again then.
        item.origin.fingerprint = f"{OFF}{item.origin.fingerprint.removeprefix(OFF)[:60]}"
        item.origin.save(update_fields=["fingerprint"])
        withdrawn += 1
    return withdrawn
