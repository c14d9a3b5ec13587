"""Which deliveries a worker takes next: the most urgent; of these, fair shares for all partners; of each the oldest."""

import time
from collections import defaultdict
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from perron.audience.models import Channel
from perron.core.clock import now
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.turns import Turn, Turns, Waiting, in_order

# For so many seconds the order is kept: what is more urgent waits no longer than that to be seen, and a batch that is
# sent faster does not look at all dispatches for itself alone.
_KEPT = 0.1
# One statement finds, locks and marks them. What it finds first is found once, however the rest is planned.
_TAKE = """
    WITH due AS MATERIALIZED (
        SELECT id FROM delivery_delivery
        WHERE dispatch_id = %s AND channel = %s AND state = 'waiting' AND due_at <= %s
        ORDER BY due_at LIMIT %s {unlocked}
    )
    UPDATE delivery_delivery SET due_at = %s, tries = tries + 1 WHERE id IN (SELECT id FROM due)
    RETURNING id, dispatch_id, activity, subject_kind, subject_id, channel, recipient_id, state, tries
"""

_turns: defaultdict[Channel, Turns] = defaultdict(Turns)


class Queue:
    """What waits for one channel, as one round of a worker takes it."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._waiting: list[Waiting] = []
        self._asked = float("-inf")

    def lease(self, most: int, lasts: timedelta) -> list[Delivery]:
        """Take up to `most` for ourselves, by moving when they are due; `tries` counts this one."""
        batch: list[Delivery] = []
        if time.monotonic() < self._asked + _KEPT:
            batch = self._take(most, lasts)
        if len(batch) < most:
            self._asked = time.monotonic()
            self._waiting = in_order(with_due(self._channel))
            batch += self._take(most - len(batch), lasts)
        return batch

    def _take(self, most: int, lasts: timedelta) -> list[Delivery]:
        turns, batch = _turns[self._channel], list[Delivery]()
        for turn in turns.of(self._waiting):
            if taken := _leased(turn, self._channel, most - len(batch), lasts):
                turns.took(turn)
                batch += taken
            if len(batch) == most:
                break
        return batch


def with_due(channel: Channel) -> QuerySet[Dispatch]:
    """Return the dispatches of which something is to be sent now."""
    due = Delivery.stored.filter(state=Delivery.State.WAITING, channel=channel, due_at__lte=now())
    return Dispatch.objects.filter(Exists(due.filter(dispatch=OuterRef("pk"))), ended_at=None)


def _leased(turn: Turn, channel: Channel, most: int, lasts: timedelta) -> list[Delivery]:
    key, moment = Delivery._meta.get_field("id"), Delivery._meta.get_field("due_at")
    unlocked = "FOR UPDATE SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    given = (
        key.get_db_prep_value(turn.dispatch, connection),
        channel.value,
        moment.get_db_prep_value(now(), connection),
        most,
        moment.get_db_prep_value(now() + lasts, connection),
    )
    return list(Delivery.stored.raw(_TAKE.format(unlocked=unlocked), given))
