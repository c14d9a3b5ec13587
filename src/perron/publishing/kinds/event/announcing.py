from perron.publishing.kinds.event.occurring import occurrences
from perron.publishing.models import EventDetails, Item, Occurrence, Release


def write_occurrences(item: Item, what: str) -> None:
    """Work out anew when a released event takes place; a withdrawn one takes place no more."""
    Occurrence.objects.filter(item=item).delete()
    if what != Release.What.WITHDRAWN:
        Occurrence.objects.bulk_create(
            Occurrence(item=item, community_id=item.community_id, starts_at=start, ends_at=end)
            for start, end in occurrences(EventDetails.objects.get(item=item))
        )
