"""Polling: sources whose turn it is are asked at once, each host by one at a time; the answers are written here.

A poll is claimed by a lease, so that one that was killed is anybody's again. Fetching happens in threads that touch no
table; a source that answers a byte a second holds up nobody.
"""

import logging
import queue
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict, PerronError
from perron.publishing.models import Connection
from perron.publishing.sources.asking import Asked, ask
from perron.publishing.sources.mapping import Paths
from perron.publishing.sources.taking import take
from perron.publishing.sources.telling import tell_of_holds, tell_of_outages

WORKERS = 8
# Claimed at once, so that claiming costs each of them next to nothing.
_AT_ONCE = 40
# Longer than so many can take, eight at a time.
_LEASE = timedelta(minutes=15)
# Between two polls of the same host.
GAP = timedelta(seconds=1)
# Between two looks for further work while some are still being fetched.
_TICK = 0.5

_log = logging.getLogger(__name__)

type Answer = Asked | Exception


@dataclass(frozen=True)
class _Answered:
    connection: Connection
    answer: Answer


type Asking = queue.SimpleQueue[Connection | None]
type Answers = queue.SimpleQueue[_Answered]


def poll_due() -> int:
    """Poll every source whose turn it is, and return how many; safe in two workers at once."""
    polled = 0
    if claimed := _claim(_AT_ONCE):
        with _fetchers() as (asked, answered):
            polled = _poll_all(claimed, asked, answered)
    tell_of_outages()
    tell_of_holds()
    return polled


def sources_due() -> QuerySet[Connection]:
    """Return those whose turn it is."""
    return Connection.objects.filter(paused="", due_at__lte=now())


def _poll_all(claimed: list[Connection], asked: Asking, answered: Answers) -> int:
    """Have `claimed` fetched and take the answers as they come; claim more while there is more and room for it."""
    polled = waiting = 0
    next_claim = time.monotonic()
    while claimed or waiting or _held_back():
        for connection in claimed:
            asked.put(connection)
        waiting += len(claimed)
        # Few mean that the others wait for the turn of their host.
        next_claim = time.monotonic() + (0 if len(claimed) == _AT_ONCE else _TICK)
        claimed = []
        while waiting >= WORKERS or (waiting and time.monotonic() < next_claim):
            try:
                done = answered.get(timeout=_TICK)
            except queue.Empty:
                break
            take(done.connection, done.answer)
            waiting -= 1
            polled += 1
        if time.monotonic() < next_claim and not waiting:
            time.sleep(next_claim - time.monotonic())
        if waiting < WORKERS:
            claimed = _claim(_AT_ONCE)
    return polled


def poll(connection: Connection) -> Connection:
    """Poll one source now, whether or not it is its turn, and return it as it stands then.

    Raises `Conflict` if it is paused, or if it or another one of its host is being polled.
    """
    if connection.paused:
        raise Conflict(_("This source is paused. Resume it first."))
    with transaction.atomic():
        claimed = _lease([connection.pk], _free([connection.host], gap=timedelta(0)))
    if not claimed:
        raise Conflict(_("It is being read at this moment. Look again in a minute."))
    take(claimed[0], _fetched(claimed[0]))
    return Connection.objects.select_related("source__community").get(pk=connection.pk)


def _claim(most: int) -> list[Connection]:
    """Take what is due, one of each host, so that nobody else does; leave out hosts at which somebody is or was."""
    due = sources_due().order_by("due_at").values_list("host", flat=True)
    hosts = list(dict.fromkeys(due[: 20 * most]))
    if not hosts:
        return []
    with transaction.atomic():
        free = _free(hosts, gap=GAP)
        chosen: dict[str, Connection] = {}
        for row in sorted(free.values(), key=lambda row: row.due_at):
            if not row.paused and row.due_at <= now() and len(chosen) < most:
                chosen.setdefault(row.host, row)
        return _lease([row.pk for row in chosen.values()], free)


def _free(hosts: list[str], *, gap: timedelta) -> dict[UUID, Connection]:
    """Lock the rows of these hosts, and return those of hosts at which nobody is, nor was within the gap."""
    rows = list(
        Connection.objects.select_for_update()
        .filter(host__in=hosts)
        .order_by("pk")
        .only("host", "due_at", "paused", "polling_until", "polled_at")
    )
    moment = now()
    busy = {
        row.host
        for row in rows
        if (row.polling_until and row.polling_until > moment) or (row.polled_at and row.polled_at > moment - gap)
    }
    return {row.pk: row for row in rows if row.host not in busy}


def _lease(keys: list[UUID], free: dict[UUID, Connection]) -> list[Connection]:
    taken = [key for key in keys if key in free]
    if not taken:
        return []
    until = now() + _LEASE
    Connection.objects.filter(pk__in=taken).update(polling_until=until)
    claimed = Connection.objects.filter(pk__in=taken).select_related("source__community").defer("taken", "notes")
    return sorted(claimed, key=lambda row: row.due_at)


def _held_back() -> bool:
    """Say whether something is due that only waits until its host has had a pause."""
    recent = Connection.objects.filter(polled_at__gt=now() - 2 * GAP, polling_until=None).values("host")
    return Connection.objects.filter(paused="", due_at__lte=now(), host__in=recent).exists()


@contextmanager
def _fetchers() -> Iterator[tuple[Asking, Answers]]:
    """Run threads that fetch what is put into the first queue, and put answers into the second.

    They are daemons: who stops the worker does not wait for somebody's slow server.
    """
    asked: Asking = queue.SimpleQueue()
    answered: Answers = queue.SimpleQueue()

    def work() -> None:
        while (connection := asked.get()) is not None:
            answered.put(_Answered(connection, _fetched(connection)))

    for number in range(WORKERS):
        threading.Thread(target=work, name=f"fetch sources {number}", daemon=True).start()
    try:
        yield asked, answered
    finally:
        for _number in range(WORKERS):
            asked.put(None)


def _fetched(connection: Connection) -> Answer:
    paths = Paths.from_json(connection.mapping) if connection.mapping else None
    try:
        return ask(connection.source.address, paths, etag=connection.etag, last_modified=connection.last_modified)
    except PerronError as error:
        return error
    except Exception as error:  # noqa: BLE001 a thread that ends would leave its source claimed
        _log.exception("Source %s could not be fetched.", connection.pk)
        return error
