"""Digests: one message in the morning with what is new, for who wants that instead of a message for each item.

A morning is a round, and a dispatch like any other. It is put together a shard of readers at a time: what is new for
them is written down (`Digest`), and their subscriptions move on, in one transaction; so each item is told once, and a
morning on which nothing ran is made good on the next.
"""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, Q, QuerySet

from perron.audience.choices import Rhythm
from perron.audience.models import Recipient, Subscription
from perron.core.clock import BRUSSELS, now, today
from perron.delivery.digests.collecting import LATEST, new_for
from perron.delivery.digests.model import Digest
from perron.delivery.dispatching import DIGEST
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.leaving import delete

NAME = "digest"
_State = Delivery.State
# On the wall clock of Belgium, in winter and summer.
MORNING = time(7)
# A round that could not be made in the morning is still made until then; later it waits for the next.
EVENING = time(20)
# What was published just before is on its way to who wants it at once; who wants both is told of it once.
_BEFORE = timedelta(minutes=5)
_ROUNDS = UUID("0f7b3b52-4a0c-4a0e-9a5e-6d1c1a2b9b10")


def begin_round() -> int:
    """Make today's dispatch of digests, once it is morning and somebody waits for one; return how many were made."""
    day, moment = today(), now()
    if not _at(day, MORNING) <= moment < _at(day, EVENING):
        return 0
    about = uuid5(_ROUNDS, day.isoformat())
    if Dispatch.objects.filter(source=NAME, about=about).exists():
        return 0
    _bring_forward(day)
    if not due(_at(day, MORNING) - _BEFORE).exists():
        return 0
    dispatch = Dispatch(
        source=NAME, about=about, priority=DIGEST, not_before=_at(day, MORNING), expires_at=moment + LATEST
    )
    return len(Dispatch.objects.bulk_create([dispatch], ignore_conflicts=True))


def collect(dispatch: Dispatch, after: UUID | None, most: int) -> tuple[list[Recipient], UUID | None]:
    """Write down what is new for the next `most` readers whose digest is due, from the one behind `after`.

    Return those for whom there is something, and the last who was looked at: None where there was nobody.
    """
    until = dispatch.not_before - _BEFORE
    waiting = due(until).filter(recipient__gt=after) if after else due(until)
    keys = list(waiting.order_by("recipient").values_list("recipient", flat=True).distinct()[:most])
    rows = list(Subscription.objects.filter(recipient__in=keys, collected_since__isnull=False))
    told = set(due(until).filter(recipient__in=keys).values_list("pk", flat=True))
    found = new_for(rows, told, until)
    readers = list(Recipient.objects.filter(pk__in=found).order_by("pk"))
    Digest.stored.bulk_create(
        [
            Digest(
                dispatch=dispatch,
                subject_id=reader.subject_id,
                recipient_id=reader.pk,
                items=[[str(one), [str(item) for item in items]] for one, items in found[reader.pk].items()],
            )
            for reader in readers
        ],
        ignore_conflicts=True,
    )
    _move_on(told, until)
    return readers, keys[-1] if keys else None


def due(until: datetime) -> QuerySet[Subscription]:
    """Return the subscriptions for which a digest of what was published until then is due.

    That of a week is due once since each Monday's round; the last one of somebody who turned to “at once”, any day.
    """
    local = until.astimezone(BRUSSELS)
    monday = _at(local.date() - timedelta(days=local.weekday()), local.time())
    weekly = Q(rhythm=Rhythm.WEEKLY)
    return Subscription.objects.filter(
        Q(weekly, collected_since__lt=monday) | Q(~weekly, collected_since__lt=until), collected_since__isnull=False
    )


def forget() -> int:
    """Delete what the digests said whose round is over; return how many.

    What was not taken stays while somebody may have it tried again (`dead_letters`).
    """
    dead = Delivery.stored.filter(
        dispatch=OuterRef("dispatch"), recipient_id=OuterRef("recipient_id"), state__in=(_State.FAILED, _State.GIVEN_UP)
    )
    over = Digest.stored.filter(dispatch__ended_at__isnull=False)
    return delete(over.filter(~Exists(dead) | Q(dispatch__expires_at__lte=now())))


def _bring_forward(day: date) -> None:
    """Let those collect from the last round on whose last one was ahead of the clock, which has been set back since:
    what comes until it has caught up would not be told. What came just before may be told twice."""
    rows = Subscription.stored.filter(collected_since__gt=now() + timedelta(minutes=2))
    monday = day - timedelta(days=day.weekday() or 7)
    for is_weekly, since in ((True, monday), (False, day - timedelta(days=1))):
        some = rows.filter(rhythm=Rhythm.WEEKLY) if is_weekly else rows.exclude(rhythm=Rhythm.WEEKLY)
        some.update(collected_since=_at(since, MORNING) - _BEFORE)


def _move_on(told: set[UUID], until: datetime) -> None:
    rows = Subscription.stored.filter(pk__in=told)
    rows.filter(rhythm=Rhythm.AT_ONCE).update(collected_since=None)
    rows.exclude(rhythm=Rhythm.AT_ONCE).update(collected_since=until)


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=BRUSSELS)
