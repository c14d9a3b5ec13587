"""What a source answered, taken: nothing new, a file to be imported, or a failure. One row says how it stands then."""

import json
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from heapq import nlargest
from typing import Any

from django.db import transaction
from django.utils.translation import override

from perron.core.clock import now
from perron.core.errors import PerronError, TooLarge
from perron.core.fetching import Fetched, NotFetched
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.models import Connection, Origin, Source
from perron.publishing.sources import pacing
from perron.publishing.sources.asking import Asked, read
from perron.publishing.sources.entry import RULES, Feed, Unreadable, look_at_number
from perron.publishing.sources.importing import Options, write_feed
from perron.publishing.sources.mapping import Paths
from perron.publishing.sources.moving import where_it_moved
from perron.publishing.sources.telling import tell_of_end, tell_of_recovery
from perron.publishing.sources.vanishing import settle
from perron.publishing.sources.writing import Outcome

MOST_ENTRIES = 5_000
SOURCE = Actor("source")
_GONE = 410
_MOST_NOTES = 30
_RECENT = 30
_WIDTH = 16
_LONGEST_PACE = timedelta(days=366)

_log = logging.getLogger(__name__)


def take(connection: Connection, answer: Asked | Exception) -> None:
    """Import what came, or note why nothing did, and say when its turn is again. Raises nothing."""
    try:
        if isinstance(answer, Exception):
            _fail(connection, answer)
        elif answer.first.unchanged:
            _note_unchanged(connection, answer.first)
        else:
            _import(connection, answer)
    except Exception as error:  # noqa: BLE001 one source must not end the polling of the others
        _fail(connection, error)


def _import(connection: Connection, asked: Asked) -> None:
    source = connection.source
    paths = Paths.from_json(connection.mapping) if connection.mapping else None
    digest = _digest(connection, asked)
    if digest == source.digest:
        _note_unchanged(connection, asked.first)
        return
    # What is said of single entries is kept, in the language that the community writes in first.
    with override(source.community.languages[0]):
        feed = read(asked, paths)
        look_at_number(len(feed.entries), most=MOST_ENTRIES)
        if connection.format and _family(connection.format) != _family(feed.format):
            raise Unreadable(feed.format, "changed_type")
        deleted = _leave_out_deleted(connection, feed)
        options = Options(release=connection.release, licence=connection.licence, most=MOST_ENTRIES)
        outcome = write_feed(source, feed, source.name or feed.name, options, by=SOURCE)
    with transaction.atomic():
        values = _settled(connection, feed, outcome, deleted)
        source.digest, source.imported_at, source.entries = digest, now(), len(feed.entries)
        source.save(update_fields=["digest", "imported_at", "entries"])
        # A list in several parts says nothing of the others with the first.
        first = asked.first if len(asked.pages) == 1 else replace(asked.first, etag="", last_modified="")
        _note_success(connection, first, values)


def _digest(connection: Connection, asked: Asked) -> str:
    chosen = [RULES, connection.release, connection.source.name, connection.licence, connection.mapping]
    return sha256(f"{json.dumps(chosen, sort_keys=True)} {asked.digest}".encode()).hexdigest()


def _leave_out_deleted(connection: Connection, feed: Feed) -> set[str]:
    """Leave out what became a draft before that somebody deleted here: it is not to come back. Return its hashes."""
    source = connection.source
    origins = Origin.objects.filter(community=source.community_id, source=source.address)
    known = set(origins.values_list("identifier", flat=True))
    taken = set(Connection.objects.values_list("taken", flat=True).get(pk=connection.pk))
    deleted = {
        short
        for entry in feed.entries
        if entry.identifier not in known and not entry.sender and (short := _short(entry.identifier)) in taken
    }
    if deleted:
        feed.entries = [entry for entry in feed.entries if _short(entry.identifier) not in deleted]
    return deleted


def _settled(connection: Connection, feed: Feed, outcome: Outcome, deleted: set[str]) -> dict[str, Any]:
    """Settle what vanished, and return what is to be written down of the import; in a transaction."""
    source = connection.source
    withdrawn = settle(connection, feed, outcome, by=SOURCE)
    counts = {
        "created": len(outcome.created),
        "changed": len(outcome.changed),
        "withdrawn": len(outcome.withdrawn) + withdrawn,
    }
    seen = Origin.objects.filter(community=source.community_id, source=source.address, missing_since=None)
    connection.pace = int(min(feed.pace, _LONGEST_PACE).total_seconds())
    connection.has_alerts = connection.has_alerts or any(entry.kind == "alert" for entry in feed.entries)
    values: dict[str, Any] = {
        "format": feed.format,
        "has_alerts": connection.has_alerts,
        "pace": connection.pace,
        "unread": len(feed.skipped) - feed.hidden,
        "taken": sorted({_short(name) for name in seen.values_list("identifier", flat=True)} | deleted),
        "notes": [list(pair) for pair in (*outcome.skipped, *outcome.notes)][:_MOST_NOTES],
        "held_at": connection.held_at,
        "lost": connection.lost,
        "lost_of": connection.lost_of,
    }
    if any(counts.values()):
        values |= {"changes": counts, "changed_at": now()}
    if outcome.created:
        values["stale_after"] = pacing.stale_after(_moments(source))
    held = connection.lost if connection.held_at else 0
    record("poll", source, by=SOURCE, tenant=source.community_id, **counts, skipped=len(outcome.skipped), held=held)
    return values


def _note_unchanged(connection: Connection, first: Fetched) -> None:
    """Write down that nothing changed: one statement, unless an outage ends."""
    if connection.failing_since or first.moved or connection.moved_to:
        with transaction.atomic():
            _note_success(connection, first, {})
    else:
        _note_success(connection, first, {})


def _note_success(connection: Connection, first: Fetched, values: dict[str, Any]) -> None:
    asked = timedelta(seconds=max(connection.pace, first.fresh_for))
    if not first.unchanged:
        values |= {
            "etag": first.etag if len(first.etag) <= 500 else "",
            "last_modified": first.last_modified[:100],
        }
    if connection.told_at:
        tell_of_recovery(connection)
    values |= where_it_moved(connection, first.moved)
    _write(
        connection,
        succeeded_at=now(),
        due_at=now() + pacing.until_next(asked, alerts=connection.has_alerts),
        failures=0,
        failing_since=None,
        problem="",
        detail="",
        told_at=None,
        **values,
    )


def _fail(connection: Connection, error: Exception) -> None:
    """Write down why, and try again ever later; what is gone for good is paused."""
    code, detail, wait = _reason(error)
    failures = connection.failures + 1
    asked = timedelta(seconds=connection.pace)
    later = pacing.until_again(failures, asked, timedelta(seconds=wait), alerts=connection.has_alerts)
    values: dict[str, Any] = {
        "failures": failures,
        "failing_since": connection.failing_since or now(),
        "problem": code,
        "detail": detail[:200],
        "due_at": now() + later,
    }
    if code == "gone":
        with transaction.atomic():
            tell_of_end(connection)
            record("pause", connection.source, by=SOURCE, tenant=connection.source.community_id, reason=code)
            _write(connection, paused=Connection.Pause.GONE, told_at=now(), **values)
    else:
        _write(connection, **values)


def _reason(error: Exception) -> tuple[str, str, float]:
    """Return the code of `sources.health`, what goes with it, and for how long the server wants to be left alone."""
    if isinstance(error, NotFetched):
        if error.answered == _GONE:
            return "gone", "", 0.0
        return error.code, str(error.answered or ""), error.wait
    if isinstance(error, Unreadable):
        return error.code, error.message, 0.0
    if isinstance(error, TooLarge):
        return "too_large", error.message, 0.0
    if isinstance(error, PerronError):
        return "unreadable", error.message, 0.0
    _log.error("A source could not be polled.", exc_info=error)
    return "unforeseen", type(error).__name__, 0.0


def _write(connection: Connection, **values: Any) -> None:
    """Write what came of it, and give back the lease; not if it lapsed and another one has it."""
    mine = Connection.objects.filter(pk=connection.pk, polling_until=connection.polling_until)
    mine.update(polling_until=None, polled_at=now(), **values)


def _moments(source: Source) -> list[datetime]:
    """Return when the newest items came: by their own dates, as far as they have any."""
    origins = Origin.objects.filter(community=source.community_id, source=source.address)
    rows = origins.values_list("marks", "item__created_at", "item__kind")
    moments = (
        min(datetime.fromisoformat(marks["date"]), now()) if kind != "event" and marks.get("date") else made
        for marks, made, kind in rows
    )
    return nlargest(_RECENT, moments)


def _family(name: str) -> str:
    return "feed" if name in {"RSS", "Atom", "JSON Feed"} else name


def _short(identifier: str) -> str:
    return sha256(identifier.encode(errors="replace")).hexdigest()[:_WIDTH]
