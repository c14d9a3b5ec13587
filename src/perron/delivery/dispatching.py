"""From what there is to say to deliveries: a dispatch is expanded shard by shard. A crash between any two steps loses
nothing and doubles nothing: every step finds its work in the tables, and each row it makes can be made only once.
"""

import logging
import time
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from perron.core.clock import now
from perron.core.waking import wake
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import Wanted, source_of
from perron.delivery.turns import Turns, in_order

# Lower goes first.
ALERT, ITEM, DIGEST, CAMPAIGN = 0, 10, 20, 30
_SHARD = 2_000
_FIRST = 200
# Seconds for which what broke the program is set aside: what is behind it goes on, and it is tried again.
_ASIDE = 60.0

_turns = Turns()
_aside: dict[UUID, float] = {}
_log = logging.getLogger(__name__)


def expand(*, shard: int = _SHARD) -> int:
    """Make the deliveries of the most urgent dispatch that lacks some, at most `shard`; return how many it looked at.

    One transaction makes a shard and moves the cursor: whoever goes on after a crash goes on where it ended.
    """
    dispatch = None
    try:
        with transaction.atomic():
            dispatch = _next()
            return _expanded(dispatch, shard) if dispatch else 0
    except OperationalError:
        # The database is away or taken: that is nothing about this one.
        raise
    except Exception:
        if dispatch is None:
            raise
        _log.exception("The recipients of a message could not be listed; it is tried again in a minute.")
        _aside[dispatch.pk] = time.monotonic() + _ASIDE
        return 1


def _expanded(dispatch: Dispatch, shard: int) -> int:
    source = source_of(dispatch)
    if not source.is_still_news(dispatch):
        dispatch.expanded_at = now()
        dispatch.save(update_fields=["expanded_at"])
        return 1
    most = shard
    if dispatch.cursor is None:
        # The first messages leave while the long rest is being made.
        most = min(shard, _FIRST)
        wake()
    wanted = source.wanted(dispatch, after=dispatch.cursor, most=most)
    Delivery.stored.bulk_create(
        [
            Delivery(
                dispatch=dispatch,
                activity=source.activity,
                subject_kind=each.subject.kind,
                subject_id=each.subject.id,
                channel=each.channel,
                recipient_id=each.recipient,
                due_at=max(dispatch.not_before, each.not_before or dispatch.not_before),
            )
            for each in wanted
            if isinstance(each, Wanted)
        ],
        ignore_conflicts=True,
    )
    if wanted:
        dispatch.cursor = wanted[-1].cursor
    if len(wanted) < most:
        dispatch.expanded_at = now()
    dispatch.save(update_fields=["cursor", "expanded_at"])
    return len(wanted) or 1


def _next() -> Dispatch | None:
    """Return the one whose turn it is, locked."""
    free = unexpanded().select_for_update(skip_locked=True, of=("self",)).select_related("release__item")
    for turn in _turns.of(in_order(unexpanded())):
        if _aside.get(turn.dispatch, 0.0) > time.monotonic():
            continue
        if dispatch := free.filter(pk=turn.dispatch).first():
            _turns.took(turn)
            return dispatch
    return None


def unexpanded() -> QuerySet[Dispatch]:
    """Return those that may lack deliveries."""
    return Dispatch.objects.filter(ended_at=None, expanded_at=None)
