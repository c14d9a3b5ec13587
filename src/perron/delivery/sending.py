"""Sending what is due, the most urgent first: leased, sent, noted. A kill between the last two repeats what was in
flight in that worker, with the same message identifiers, and nothing else; nothing is ever lost."""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import F

from perron.audience.models import Channel
from perron.core.clock import now
from perron.core.errors import PerronError
from perron.core.waking import stopping
from perron.delivery import ending
from perron.delivery.carriers.carrying import Carrier, Line, Outcome, Ready, Unreachable
from perron.delivery.leasing import Queue, with_due
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import NothingLeft, NotNow, Source, To, Writer, source_of
from perron.letters import retrying
from perron.letters.unreachable import Closed
from perron.privacy.clearing import Clearance, TooLate, clear_many
from perron.privacy.declaring import Activity

State = Delivery.State
# Longer than a batch can take: each mail waits at most five answers of twenty seconds.
LEASE = timedelta(minutes=10)
_TRIES = 12

# By channel: what its other side, as a whole, does not answer now.
_closed: defaultdict[Channel, Closed] = defaultdict(Closed)
_log = logging.getLogger(__name__)


def send_due(carrier: Carrier, *, limit: int = 2_000, lease: timedelta = LEASE) -> int:
    """Send what is due by one channel, at most `limit` messages, and return how many were sent.

    Several workers may do so at once.
    """
    # Looking takes no lock; leasing does, and mostly there is nothing to lease.
    if _closed[carrier.channel].holds() or not with_due(carrier.channel).exists():
        return 0
    sent = 0
    queue = Queue(carrier.channel)
    writers: dict[UUID, Writer] = {}
    with carrier.open() as line:
        while limit > 0 and not stopping.is_set() and (batch := queue.lease(min(limit, carrier.in_flight), lease)):
            limit -= len(batch)
            try:
                sent += _send(_ready(batch, writers), line, lease)
            except Unreachable as error:
                _closed[carrier.channel].begin(error.reason, by=carrier.channel.value)
                return sent
    _closed[carrier.channel].end()
    return sent


def _send(ready: Sequence[Ready], line: Line, lease: timedelta) -> int:
    """Send a batch. Whatever stops it, what has left is noted; the rest waits for the end of its lease.

    Where the other side is so slow that half of the lease has passed, the rest is put back: another worker would find
    it due while this one sends it.
    """
    begun = time.monotonic()
    left = {each.delivery.pk for each in ready}
    sent: list[UUID] = []
    try:
        for each, outcome in line.send(ready):
            left.discard(each.delivery.pk)
            if outcome.state == State.SENT:
                sent.append(each.delivery.pk)
            else:
                _not_sent(each.delivery, outcome)
            if time.monotonic() - begun > lease.total_seconds() / 2:
                for pk in left:
                    ending.put_back(pk, "slow", after=timedelta(0))
                break
    except Unreachable:
        # These did not fail by themselves: they are tried again soon, and the try does not count.
        rows = Delivery.stored.filter(pk__in=left)
        rows.update(due_at=now() + timedelta(seconds=30), tries=F("tries") - 1)
        raise
    except TooLate:
        # The batch took longer than they last, or the clock was set forward: the rest is cleared anew.
        for pk in left:
            ending.put_back(pk, "clearance", after=timedelta(0))
    finally:
        ending.end(sent, State.SENT)
    return len(sent)


def _ready(batch: Sequence[Delivery], writers: dict[UUID, Writer]) -> list[Ready]:
    """Return those that may be sent, with their messages; the others end here, each for its reason."""
    dispatches = Dispatch.objects.select_related("release__item").in_bulk({each.dispatch_id for each in batch})
    for each in batch:
        each.dispatch = dispatches[each.dispatch_id]
    of_source = defaultdict(list)
    for each in batch:
        of_source[each.dispatch.source].append(each)
    return [one for some in of_source.values() for one in _ready_of(source_of(some[0].dispatch), some, writers)]


def _ready_of(source: Source, batch: Sequence[Delivery], writers: dict[UUID, Writer]) -> list[Ready]:
    news = {each.pk for each in {each.dispatch for each in batch} if source.is_still_news(each)}
    ending.end([each.pk for each in batch if each.dispatch_id not in news], State.EXPIRED)
    batch = [each for each in batch if each.dispatch_id in news]
    recipients = source.recipients({each.recipient_id for each in batch})
    ending.end([each.pk for each in batch if each.recipient_id not in recipients], State.GONE)
    batch = [each for each in batch if each.recipient_id in recipients]
    return [
        one
        for each, clearance in _cleared(batch, source.activity)
        for one in _written(source, each, recipients[each.recipient_id], clearance, writers)
    ]


def _cleared(batch: Sequence[Delivery], activity: Activity) -> Iterator[tuple[Delivery, Clearance]]:
    """Return those that may be sent; the others end here. A clearance counts once: two to one reader take two."""
    while batch:
        first = {each.subject: each for each in reversed(batch)}
        cleared, refused = clear_many(list(first), activity)
        for subject, reason in refused.items():
            ending.end([first[subject].pk], State.REFUSED, str(reason))
        yield from ((first[subject], clearance) for subject, clearance in cleared.items())
        batch = [each for each in batch if first[each.subject] is not each]


def _written(
    source: Source, delivery: Delivery, to: To, clearance: Clearance, writers: dict[UUID, Writer]
) -> list[Ready]:
    try:
        writer = writers.get(delivery.dispatch_id)
        if writer is None:
            writer = writers[delivery.dispatch_id] = source.writer(delivery.dispatch)
        return [Ready(delivery, writer.to(to, delivery), clearance)]
    except NothingLeft:
        ending.end([delivery.pk], State.EXPIRED)
    except NotNow as error:
        # What is put off is no try.
        Delivery.stored.filter(pk=delivery.pk).update(due_at=error.until, tries=F("tries") - 1)
    except PerronError as error:
        _not_sent(delivery, Outcome(State.FAILED, type(error).__name__))
    except Exception as error:  # noqa: BLE001 one message that breaks the program does not stop those behind it
        _log.exception("A message could not be made; it is tried again.")
        _not_sent(delivery, Outcome(None, type(error).__name__))
    return []


def _not_sent(delivery: Delivery, outcome: Outcome) -> None:
    if outcome.state is not None:
        ending.end([delivery.pk], outcome.state, outcome.reason)
    elif not outcome.tried:
        ending.put_back(delivery.pk, outcome.reason, after=outcome.pause or retrying.pause(1))
    elif delivery.tries >= _TRIES:
        ending.end([delivery.pk], State.GIVEN_UP, outcome.reason)
    else:
        # No sooner than asked for, and no later than it ends as no news any more.
        until = min(now() + (outcome.pause or timedelta(0)), delivery.dispatch.expires_at)
        ending.try_again(delivery.pk, outcome.reason, at=max(until, now() + retrying.pause(delivery.tries)))
        if outcome.pause:
            ending.put_off(delivery.subject_id, Channel(delivery.channel), until=until)
