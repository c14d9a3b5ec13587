"""Which deliveries a worker takes next: the most urgent; of these, fair shares for all partners; of each the oldest."""

from collections import defaultdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from perron.audience.models import Channel
from perron.core.clock import now
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.turns import Turns

_turns: defaultdict[Channel, Turns] = defaultdict(Turns)


def lease(channel: Channel, most: int, lasts: timedelta) -> list[Delivery]:
    """Take up to `most` for ourselves, by moving when they are due."""
    turns = list(_turns[channel].of(with_due(channel)))
    batch: list[Delivery] = []
    with transaction.atomic():
        for turn in turns:
            due = _due(channel).filter(dispatch=turn.dispatch).order_by("due_at")
            taken = list(due.select_for_update(skip_locked=True)[: most - len(batch)])
            if taken:
                _turns[channel].took(turn)
                batch += taken
            if len(batch) == most:
                break
        if batch:
            mine = Delivery.stored.filter(pk__in=[each.pk for each in batch])
            mine.update(due_at=now() + lasts, tries=F("tries") + 1)
    return batch


def with_due(channel: Channel) -> QuerySet[Dispatch]:
    """Return the dispatches of which something is to be sent now."""
    return Dispatch.objects.filter(Exists(_due(channel).filter(dispatch=OuterRef("pk"))), ended_at=None)


def _due(channel: Channel) -> QuerySet[Delivery]:
    return Delivery.stored.filter(state=Delivery.State.WAITING, channel=channel, due_at__lte=now())
