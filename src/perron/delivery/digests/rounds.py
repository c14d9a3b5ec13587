"""Digests: one message in the morning with what is new, for who wants that instead of a message for each item.

A morning is a round, and a dispatch like any other. It is put together a shard of readers at a time: what is new for
them is written down (`Digest`), and their subscriptions move on, in one transaction; so each item is told once, and a
morning on which nothing ran is made good on the next.
"""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from perron.audience.choices import Rhythm
from perron.audience.models import Recipient, Subscription
from perron.core.clock import BRUSSELS, now, today
from perron.delivery.digests.collecting import LATEST, Contents, new_for
from perron.delivery.digests.model import Digest
from perron.delivery.digests.tallying import note
from perron.delivery.dispatching import DIGEST
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.leaving import delete
from perron.publishing.models import Item

NAME = "digest"
_State = Delivery.State
# On the wall clock of Belgium, in winter and summer.
MORNING = time(7)
# A round that could not be made in the morning is still made until then; later it waits for the next.
EVENING = time(20)
# What was published just before is on its way to who wants it at once; who wants both is told of it once.
_BEFORE = timedelta(minutes=5)
# Forgotten in one transaction.
_SOME = 2_000
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


def collect(dispatch: Dispatch, after: UUID | None, most: int) -> tuple[list[UUID], dict[UUID, Recipient]]:
    """Write down what is new for the next `most` readers whose digest is due, from the one behind `after`.

    Return the keys of all of them, in order, and by theirs those for whom there is something.
    """
    until = dispatch.not_before - _BEFORE
    waiting = due(until).filter(recipient__gt=after) if after else due(until)
    keys = list(waiting.order_by("recipient").values_list("recipient", flat=True).distinct()[:most])
    rows = list(Subscription.objects.filter(recipient__in=keys, collected_since__isnull=False))
    told = set(due(until).filter(recipient__in=keys).values_list("pk", flat=True))
    found = new_for(rows, told, until)
    readers = Recipient.objects.in_bulk(found)
    Digest.stored.bulk_create(
        [
            Digest(
                dispatch=dispatch,
                subject_id=reader.subject_id,
                recipient_id=reader.pk,
                items=[[str(one), [str(item) for item in items]] for one, items in found[reader.pk].items()],
            )
            for reader in readers.values()
        ],
        ignore_conflicts=True,
    )
    _note_waiting(dispatch, [found[key] for key in readers])
    _move_on(told, until)
    return keys, readers


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
    """Delete what the digests said whose round is over, and note what became of them; return how many.

    What was not taken stays while somebody may have it tried again (`dead_letters`).
    """
    gone = 0
    while some := _forget_some():
        gone += some
    return gone


@transaction.atomic
def _forget_some() -> int:
    same = Delivery.stored.filter(dispatch=OuterRef("dispatch"), subject_id=OuterRef("subject_id"))
    dead = same.filter(state__in=(_State.FAILED, _State.GIVEN_UP))
    over = Digest.stored.filter(dispatch__ended_at__isnull=False)
    over = over.filter(~Exists(dead) | Q(dispatch__expires_at__lte=now())).order_by("pk")
    over = over.annotate(state=Subquery(same.values("state")[:1]), at=Subquery(same.values("ended_at")[:1]))
    # Each is counted by whoever deletes it.
    rows = list(
        over.select_for_update(of=("self",), skip_locked=True).values("pk", "dispatch", "items", "state", "at")[:_SOME]
    )
    if not rows:
        return 0
    items = {UUID(item) for row in rows for _community, its_items in row["items"] for item in its_items}
    withdrawn = dict(Item.objects.filter(pk__in=items).values_list("pk", "withdrawn_at"))
    told: defaultdict[UUID, Counter[tuple[UUID, str]]] = defaultdict(Counter)
    for row in rows:
        for item in (UUID(item) for _community, its_items in row["items"] for item in its_items):
            left_out = (at := withdrawn.get(item)) and row["at"] and at < row["at"]
            told[item][row["dispatch"], _State.EXPIRED if left_out else row["state"] or _State.GONE] += 1
            told[item][row["dispatch"], _State.WAITING] -= 1
    note(told)
    return delete(Digest.stored.filter(pk__in=[row["pk"] for row in rows]))


def _note_waiting(dispatch: Dispatch, found: list[Contents]) -> None:
    told: defaultdict[UUID, Counter[tuple[UUID, str]]] = defaultdict(Counter)
    for contents in found:
        for item in (item for its_items in contents.values() for item in its_items):
            told[item][dispatch.pk, _State.WAITING] += 1
    note(told)


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
