"""Which deliveries a worker takes next: the most urgent; of these, fair shares for all partners; of each the oldest."""

import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from perron.audience.models import Channel
from perron.core.clock import now
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.turns import Turn, Turns, Waiting, in_order

# For so many seconds the order is kept, unless something more urgent comes: a batch that is sent faster does not look
# at all dispatches for itself alone.
_KEPT = 0.1
_MORE_URGENT = """
    SELECT EXISTS (
        SELECT 1 FROM delivery_dispatch WHERE ended_at IS NULL AND priority < %s AND EXISTS (
            SELECT 1 FROM delivery_delivery WHERE dispatch_id = delivery_dispatch.id AND channel = %s
            AND state = 'waiting' AND due_at <= %s
        )
    )
"""
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
        self._priority = 0
        self._asked = float("-inf")

    def lease(self, most: int, lasts: timedelta) -> list[Delivery]:
        """Take up to `most` for ourselves, by moving when they are due; `tries` counts this one."""
        batch: list[Delivery] = []
        if time.monotonic() < self._asked + _KEPT and not self._is_overtaken():
            batch = self._take(self._waiting, most, lasts)
        if len(batch) < most:
            self._asked = time.monotonic()
            waiting = in_order(with_due(self._channel))
            taken = self._take(waiting, most - len(batch), lasts)
            batch += taken
            # Kept are those as urgent as the last of these; before something less urgent goes, all are looked at.
            urgency = {key: priority for key, priority, _share in waiting}
            self._priority = urgency[taken[-1].dispatch_id] if taken else 0
            self._waiting = [each for each in waiting if each[1] == self._priority]
        return batch

    def _is_overtaken(self) -> bool:
        """Say whether something has become due that is more urgent than what is being sent."""
        moment = Delivery._meta.get_field("due_at").get_db_prep_value(now(), connection)
        with connection.cursor() as cursor:
            cursor.execute(_MORE_URGENT, [self._priority, self._channel.value, moment])
            return bool(cursor.fetchone()[0])

    def _take(self, waiting: Iterable[Waiting], most: int, lasts: timedelta) -> list[Delivery]:
        turns, batch = _turns[self._channel], list[Delivery]()
        for turn in turns.of(waiting):
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
