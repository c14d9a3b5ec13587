"""What an item is, for those who choose what they are sent, and since when which communities show it."""

from collections.abc import Collection
from uuid import UUID

from perron.audience.choices import About
from perron.communities.overlapping import where
from perron.publishing.models import Item


def about(item: Item, communities: Collection[UUID]) -> About:
    """Return what choices made of these communities ask of an item."""
    topics = tuple(topic.slug for topic in item.topics.all())
    return About(item.kind, topics, where(list(item.areas.all()), communities))
