"""What to do about a clock that was set back: what was released just before is ahead of it, and would wait until it has
caught up, an alert for hours."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, QuerySet

from perron.core.clock import now
from perron.delivery.models import Delivery, Dispatch

# More than the seconds in which a release can be taken back, and than two machines' clocks differ.
_AHEAD = timedelta(minutes=2)


def bring_forward() -> int:
    """Let what waits go on as if the clock had always been what it is now; return of how many dispatches.

    It is moved by as much as its dispatch was ahead: what a worker has taken stays its own for as long as it would have
    been, or longer. What was moved is ahead no more, however many workers look.
    """
    with transaction.atomic():
        found = list(ahead().select_for_update(skip_locked=True))
        for dispatch in found:
            by = dispatch.not_before - now()
            waiting = Delivery.stored.filter(dispatch=dispatch, state=Delivery.State.WAITING)
            waiting.update(due_at=F("due_at") - by)
            dispatch.not_before = now()
            dispatch.save(update_fields=["not_before"])
    return len(found)


def ahead() -> QuerySet[Dispatch]:
    """Return the dispatches of releases that are yet to come, as the clock has it now.

    What goes by the hour, as digests and campaigns do, waits for its hour.
    """
    return Dispatch.objects.filter(ended_at=None, release__isnull=False, not_before__gt=now() + _AHEAD)
