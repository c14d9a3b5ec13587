"""What the next batch costs while a million deliveries wait, and what one partner's rush costs the others."""

import time
from collections.abc import Sequence
from datetime import timedelta
from statistics import median, quantiles
from uuid import UUID

from django.core.management import call_command
from django.db import connection

from bench.rows import Row, at_most, not_measured, reported
from perron.audience.models import Channel
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.delivery import ending
from perron.delivery.leasing import Queue
from perron.delivery.models import Delivery, Dispatch

ON_POSTGRESQL = True
_PARTNERS = 200
_OF_EACH = 5_000
_IN_FLIGHT = 20
_BATCHES = 200
_USUAL = 60
# Row by row, a million would take longer than all that is measured.
_INSERT = """
    INSERT INTO delivery_delivery (id, dispatch_id, subject_kind, subject_id, recipient_id, activity, channel, state,
                                   due_at, tries, failure, made_at)
    SELECT gen_random_uuid(), %s, 'address', gen_random_uuid(), gen_random_uuid(), 'subscriptions', 'email', 'waiting',
           %s, 0, '', %s FROM generate_series(1, %s)
"""


def rows() -> list[Row]:
    """Return the time of a lease, and the neighbours' 95th percentile with and without the rush."""
    call_command("migrate", verbosity=0)
    if connection.vendor != "postgresql":
        return [not_measured("leases of a million, and fair shares", "ms", "≤ 20 ms, on PostgreSQL")]
    usual = _neighbours([_USUAL] * 20)
    rush = _neighbours([_USUAL * 7] + [_USUAL] * 19)
    _fill([_OF_EACH] * _PARTNERS)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    # Of a queue of its own, each asks first whose turn it is; in one that goes on, few do.
    asking = [_timed(Queue(Channel.EMAIL)) for _ in range(_BATCHES)]
    queue = Queue(Channel.EMAIL)
    going_on = [_timed(queue) for _ in range(_BATCHES)]
    number = f"{_PARTNERS * _OF_EACH:,} deliveries of {_PARTNERS} partners wait, {connection.vendor}"
    return [
        at_most(f"the next {_IN_FLIGHT} while {number}: median", median(asking) * 1000, "ms", 20),
        reported("the same, in a run of batches: median", median(going_on) * 1000, "ms"),
        at_most(
            f"20 partners, one sends seven times its usual: 95th percentile of the others' waits, {connection.vendor}",
            rush / usual,
            "times",
            1.1,
        ),
    ]


def _timed(queue: Queue) -> float:
    began = time.perf_counter()
    batch = queue.lease(_IN_FLIGHT, timedelta(minutes=10))
    took = time.perf_counter() - began
    assert len(batch) == _IN_FLIGHT
    return took


def _neighbours(numbers: Sequence[int]) -> float:
    """Send all, the first partner's first; return after how many messages 95 of 100 of the others' had left."""
    first, *others = _fill(numbers)
    places: dict[UUID, list[int]] = {dispatch: [] for dispatch in others}
    place = 0
    queue = Queue(Channel.EMAIL)
    while batch := queue.lease(_IN_FLIGHT, timedelta(minutes=10)):
        for delivery in batch:
            place += 1
            if delivery.dispatch_id != first:
                places[delivery.dispatch_id].append(place)
        ending.end([each.pk for each in batch], Delivery.State.SENT)
    ending.close_dispatches()
    return median(quantiles(each, n=20, method="inclusive")[18] for each in places.values())


def _fill(numbers: Sequence[int]) -> list[UUID]:
    """Have so many deliveries wait for each of as many partners; return their dispatches."""
    began = now() - timedelta(minutes=1)
    dispatches = [
        Dispatch(source="bench", about=uuid7(), share=uuid7(), priority=10, not_before=began, expanded_at=began,
                 expires_at=began + timedelta(days=1))
        for _ in numbers
    ]  # fmt: skip
    Dispatch.objects.bulk_create(dispatches)
    with connection.cursor() as cursor:
        for dispatch, number in zip(dispatches, numbers, strict=True):
            cursor.execute(_INSERT, [dispatch.pk, began, began, number])
    return [dispatch.pk for dispatch in dispatches]
