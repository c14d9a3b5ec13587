"""What a card shows beside the item's own row and its details, fetched for many items in three queries.

Django's prefetching would do the same and take three times as long: a feed is rendered anew after each release,
and a card needs six columns, not twenty rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from perron.communities.models import Community, Topic
from perron.publishing.models import Image, Item, Picture, Text


class Title(NamedTuple):
    """The words of a card in one language."""

    title: str
    summary: str


@dataclass(slots=True)
class CardParts:
    """An item's titles by language, its topics and its first picture."""

    titles: dict[str, Title] = field(default_factory=dict)
    topics: list[Topic] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def fetch_card_parts(items: Sequence[Item], communities: Iterable[Community]) -> dict[UUID, CardParts]:
    """Return the parts by item, and set `item.community`: from `communities`, where it is one of them."""
    known = {community.pk: community for community in communities}
    # What one of them shows of others is signed by those who wrote it.
    others = Community.objects.in_bulk({item.community_id for item in items} - known.keys())
    parts: dict[UUID, CardParts] = {}
    for item in items:
        item.community = known.get(item.community_id) or others[item.community_id]
        parts[item.pk] = CardParts()
    texts = Text.objects.filter(item__in=parts).values_list("item_id", "language", "title", "summary")
    for owner, language, *words in texts:
        parts[owner].titles[language] = Title(*words)
    links = Item.topics.through.objects.filter(item__in=parts).order_by("topic__position", "topic__slug")
    for owner, topic, slug, names in links.values_list("item_id", "topic_id", "topic__slug", "topic__names"):
        parts[owner].topics.append(Topic(pk=topic, slug=slug, names=names))
    columns = ("width", "height", "widths", "tone")
    rows = Picture.objects.filter(item__in=parts, position=0).values_list(
        "item_id", "image_id", "alternatives", *(f"image__{column}" for column in columns)
    )
    for owner, image, alternatives, *values in rows:
        shown = Image(pk=image, **dict(zip(columns, values, strict=True)))
        parts[owner].pictures.append(Picture(image=shown, alternatives=alternatives))
    return parts
