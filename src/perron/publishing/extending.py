"""The window of occurrences moves on with time: events recur longer than a release looks ahead."""

from django.db import transaction
from django.db.models import Q

from perron.core.clock import now
from perron.publishing import drafting
from perron.publishing.kinds.event.announcing import write_occurrences
from perron.publishing.kinds.event.occurring import PAST, occurrences
from perron.publishing.models import EventDetails, Item, Occurrence, Release


def extend_occurrences() -> int:
    """Write the occurrences that came within the horizon, and forget those long past; return how many events grew.

    No version moves: what is a year ahead is on no page yet.
    """
    Occurrence.objects.filter(ends_at__lt=now() - PAST).delete()
    goes_on = ~Q(recurrence="") | ~Q(extra_dates="") | Q(starts_at__gt=now())
    events = EventDetails.objects.filter(goes_on, item__in=Item.objects.released()).select_related("item")
    return sum(_extend(event) for event in list(events))


def _extend(event: EventDetails) -> bool:
    known = set(Occurrence.objects.filter(item=event.item).values_list("starts_at", flat=True))
    if known.issuperset(start for start, _ in occurrences(event)):
        return False
    with transaction.atomic():
        item = drafting.lock(event.item)
        if item.state == Item.State.RELEASED:
            write_occurrences(item, Release.What.CORRECTED)
    return True
