"""What a digest says on a device: one notification, with how much is new and where. Its page has the rest."""

from django.utils import translation
from django.utils.translation import ngettext

from perron.communities.models import Community
from perron.delivery.digests.writing import Contents
from perron.delivery.models import Dispatch
from perron.delivery.notifying import message
from perron.delivery.writing import base_of
from perron.publishing.models import Item
from perron.publishing.presenting import present

# What a device has room for.
_MOST = 3


def told(dispatch: Dispatch, contents: Contents, language: str) -> bytes | None:
    """Return a digest as a notification; None where none of it is public any more."""
    public = Item.objects.released().with_all().in_bulk([item for _community, items in contents for item in items])
    communities = Community.objects.in_bulk([community for community, _items in contents])
    found = [
        (communities[key], [public[item] for item in items if item in public])
        for key, items in contents
        if key in communities and public.keys() & set(items)
    ]
    if not found:
        return None
    first, items = found[0][0], [item for _community, its_items in found for item in its_items]
    with translation.override(language):
        words = ngettext("%(number)d news item from %(names)s", "%(number)d news items from %(names)s", len(items))
        names = ", ".join(community.name_in(language) for community, _items in found)
        place = f"{base_of(first)}/{language}/"
        return message(
            title=words % {"number": len(items), "names": names},
            body=" · ".join(present(item, language).headline for item in items[:_MOST]),
            page=f"{place}{first.slug}/" if len(found) == 1 else place,
            # Each round has its own: what waits for a device that was off is not replaced by the next.
            tag=dispatch.pk.hex,
            community=first,
            language=language,
            shown={"renotify": True},
        )
