"""How deliveries end, each once, and what stays of a dispatch when the last of them has."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Value, When

from perron.audience.models import Channel
from perron.core.clock import now
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.among import Keys

State = Delivery.State
_WITH_A_REASON = (State.REFUSED, State.FAILED, State.GIVEN_UP)


def end(deliveries: Collection[UUID], state: State, failure: str = "") -> None:
    """Note that deliveries ended like this. One that had ended keeps its end."""
    if deliveries:
        rows = Delivery.stored.filter(pk__among=Keys.of(deliveries), state=State.WAITING)
        rows.update(state=state, ended_at=now(), failure=failure)


def try_again(delivery: UUID, failure: str, *, at: datetime) -> None:
    """Let a delivery wait for another try."""
    Delivery.stored.filter(pk=delivery, state=State.WAITING).update(due_at=at, failure=failure)


def put_off(subject: UUID, channel: Channel, *, until: datetime) -> None:
    """Let all wait that is due sooner to somebody whose server asked to be left alone until then."""
    Delivery.stored.filter(subject_id=subject, channel=channel, state=State.WAITING, due_at__lt=until).update(
        due_at=until
    )


def put_back(delivery: UUID, failure: str, *, after: timedelta) -> None:
    """Let a delivery wait that was leased and not tried."""
    rows = Delivery.stored.filter(pk=delivery, state=State.WAITING)
    rows.update(due_at=now() + after, failure=failure, tries=F("tries") - 1)


def close_dispatches() -> int:
    """Count what became of the dispatches whose deliveries have all ended; return how many those were.

    The count stays when the deliveries leave with their retention.
    """
    closed = 0
    for dispatch in over():
        found = in_detail(dispatch)
        closed += Dispatch.objects.filter(pk=dispatch.pk, ended_at=None).update(
            ended_at=now(), tally=dict(summed(found)), detail=found
        )
    return closed


def over() -> QuerySet[Dispatch]:
    """Return those that wait for nothing but their count."""
    waiting = Delivery.stored.filter(dispatch=OuterRef("pk"), state=State.WAITING)
    return Dispatch.objects.filter(~Exists(waiting), ended_at=None, expanded_at__isnull=False)


def counted(dispatch: Dispatch) -> Counter[str]:
    """Return how many deliveries of a dispatch stand how, now."""
    return summed(in_detail(dispatch))


def in_detail(dispatch: Dispatch) -> list[tuple[str, str, str, int]]:
    """Return how many deliveries of a dispatch stand how, now: channel, state, why (a code), number."""
    # Why a try failed says nothing of what waits for the next, or was sent by it.
    why = Case(When(state__in=_WITH_A_REASON, then="failure"), default=Value(""))
    rows = Delivery.stored.filter(dispatch=dispatch).annotate(why=why).order_by("channel", "state", "why")
    return list(rows.values_list("channel", "state", "why").annotate(number=Count("pk")))


def summed(rows: Iterable[tuple[str, str, str, int]]) -> Counter[str]:
    """Return how many of these stand how."""
    numbers: Counter[str] = Counter()
    for _channel, state, _why, number in rows:
        numbers[state] += number
    return numbers
