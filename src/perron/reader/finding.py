"""Finding what an address names; a wrong one raises `NotFound`, an old one `Gone`."""

from django.db.models import Q
from django.utils.translation import gettext as _

from perron.communities.models import Community, Platform, Topic
from perron.core.errors import Gone, NotFound
from perron.publishing.models import Item, Placement


def community_here(slug: str, platform: Platform | None = None) -> Community:
    """Return the community of this address. With `platform`, it must be one that the platform shows;
    the front platform shows all."""
    shown = Community.objects.filter(slug=slug)
    if platform and not platform.is_front:
        shown = shown.filter(platforms=platform)
    if found := shown.first():
        return found
    raise NotFound(_("There is no community at this address."))


def communities_of(platform: Platform) -> list[Community]:
    """Return the communities that a platform shows, in its order."""
    return list(platform.communities.order_by("place__position", "place__id"))


def item_here(community: Community, slug: str) -> Item:
    """Return a public item, fetched with all that its page needs."""
    item = Item.objects.filter(community=community, slug=slug).with_all().first()
    if item is None or item.published_at is None:
        raise NotFound(_("There is nothing at this address."))
    if item.state == Item.State.WITHDRAWN:
        raise Gone(_("This was taken back by the community that published it."))
    if not item.is_public:
        raise Gone(_("This is no longer published: its time is over."))
    return item


def publisher_here(slug: str, platform: Platform, /, **item: str) -> Community:
    """Return the community of this address whose item this is: one that the platform shows, or whose item one of
    those that it shows took into its own pages. `item` finds it (a lookup)."""
    accepted = Q(placements__state=Placement.State.ACCEPTED, placements__community__platforms=platform)
    if not platform.is_front and Item.objects.filter(accepted, community__slug=slug, **item).exists():
        return community_here(slug)
    return community_here(slug, platform)


def topics() -> list[Topic]:
    """Return all topics, in order."""
    return list(Topic.objects.all())
