"""Writing the public tables from checked content, for one item or for many in few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from perron.communities.models import Topic
from perron.core import markdown
from perron.publishing.content import Content
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Enclosure, Item, Picture, Text


@dataclass(frozen=True)
class Ready:
    """An item with the content and the kind's columns that the check let through."""

    item: Item
    content: Content
    details: dict[str, Any]


def write(batch: Sequence[Ready]) -> None:
    """Replace the public side of these items; only inside a transaction."""
    items = [ready.item for ready in batch]
    for table in (Text, Picture, Enclosure):
        table.objects.filter(item__in=items).delete()
    Text.objects.bulk_create([text for ready in batch for text in texts(ready.item, ready.content)])
    Picture.objects.bulk_create([picture for ready in batch for picture in pictures(ready.item, ready.content)])
    Enclosure.objects.bulk_create([file for ready in batch for file in enclosures(ready.item, ready.content)])
    _write_details(batch)
    _write_links(batch)
    for ready in batch:
        ready.item.matters_until = KINDS[ready.item.kind].matters_until(ready.details)
    # An upsert: one row each, where `bulk_update` would compare every row with every key.
    columns = ["state", "release_at", "released_edition", "published_at", "changed_at", "expires_at",
               "matters_until", "corrected_at"]  # fmt: skip
    Item.objects.bulk_create(items, update_conflicts=True, unique_fields=["id"], update_fields=columns)


def texts(item: Item, content: Content) -> list[Text]:
    """Return the unsaved public texts of `content`, rendered."""
    return [
        Text(
            item=item,
            language=language,
            title=words.title,
            summary=words.summary,
            body=words.body,
            html=markdown.render(words.body),
        )
        for language, words in content.texts.items()
        if words.title
    ]


def pictures(item: Item, content: Content) -> list[Picture]:
    """Return the unsaved pictures of `content`, in order."""
    return [
        Picture(
            item=item,
            image_id=shown.image,
            position=place,
            alternatives=shown.alternatives,
            credit=shown.credit,
        )
        for place, shown in enumerate(content.pictures)
    ]


def enclosures(item: Item, content: Content) -> list[Enclosure]:
    """Return the unsaved attachments of `content`, in order."""
    return [
        Enclosure(item=item, attachment_id=enclosed.attachment, position=place, titles=enclosed.titles)
        for place, enclosed in enumerate(content.enclosures)
    ]


def _write_details(batch: Sequence[Ready]) -> None:
    for kind in KINDS.values():
        rows = [ready for ready in batch if ready.item.kind == kind.slug]
        if kind.model is None or not rows:
            continue
        manager = kind.model._default_manager
        manager.filter(item__in=[ready.item for ready in rows]).delete()
        manager.bulk_create([kind.model(item=ready.item, **ready.details) for ready in rows])


def _write_links(batch: Sequence[Ready]) -> None:
    items = [ready.item for ready in batch]
    topics = {topic.slug: topic.pk for topic in Topic.objects.all()} if any(r.content.topics for r in batch) else {}
    to_topics, to_areas = Item.topics.through, Item.areas.through
    to_topics.objects.filter(item__in=items).delete()
    to_areas.objects.filter(item__in=items).delete()
    to_topics.objects.bulk_create(
        to_topics(item_id=ready.item.pk, topic_id=topics[slug]) for ready in batch for slug in set(ready.content.topics)
    )
    to_areas.objects.bulk_create(
        to_areas(item_id=ready.item.pk, area_id=area) for ready in batch for area in set(ready.content.areas)
    )
