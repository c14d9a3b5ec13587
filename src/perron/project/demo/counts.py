"""Openings of the demo's pages, so that the pictures of reach have something to show."""

from collections.abc import Mapping
from datetime import date, timedelta
from zlib import crc32

from perron.communities.models import Community, Platform
from perron.publishing.models import Item
from perron.statistics.models import PageCount

_DAYS = 180
_ITEMS = 6


def bring_in(communities: Mapping[str, Community], today: date) -> None:
    """Make half a year of openings for each community that has none yet; always the same ones."""
    counted = set(PageCount.objects.values_list("community", flat=True).distinct())
    front = Platform.objects.filter(is_front=True).first()
    if front is None:
        return
    for community in communities.values():
        if community.pk not in counted:
            PageCount.objects.bulk_create(_openings(front, community, today))


def _openings(front: Platform, community: Community, today: date) -> list[PageCount]:
    names = [f"community:{community.pk}", f"agenda:{community.pk}"]
    items = Item.objects.released().filter(community=community).order_by("-published_at")[:_ITEMS]
    names += [f"item:{item.pk}" for item in items]
    days = [today - timedelta(days=age) for age in range(_DAYS)]
    return [
        PageCount(
            platform=front,
            community=community,
            page=name,
            day=day,
            number=1 + crc32(f"{community.slug} {place} {day}".encode()) % (40 - 4 * place),
        )
        for place, name in enumerate(names)
        for day in days
    ]
