"""Bringing back an earlier text: as a new revision on top of the newest, so that nothing is overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.models import Community, Topic
from perron.core.errors import NotFound
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, Revision


@dataclass(frozen=True)
class Restored:
    """The item, and how many pictures and files that its earlier text had are gone."""

    item: Item
    pictures: int
    files: int


def restore(item: Item, number: int, *, by: Actor, expected: int) -> Restored:
    """Save the text of revision `number` as a new one; what it named and is gone by now is left out.

    Raises `NotFound` if there is no such revision any more; otherwise as `drafting.save`.
    """
    earlier = Revision.objects.filter(item=item, number=number).first()
    if earlier is None:
        raise NotFound(_("This version is not there any more."))
    content = Content.from_json(earlier.content)
    kept = what_remains(item.community, content)
    with transaction.atomic():
        saved = drafting.save(item, kept, by=by, expected=expected)
        saved.revisions.filter(number=saved.edition).update(restores=number)
        record("restore", saved, by=by, tenant=saved.community_id, edition=saved.edition, restored=number)
    return Restored(saved, len(content.pictures) - len(kept.pictures), len(content.enclosures) - len(kept.enclosures))


def what_remains(community: Community, content: Content) -> Content:
    """Return `content` without pictures, files, topics and areas that the community does not have any more, and
    without what it told of a correction, which is told once."""
    images = _known(community.images.all(), [shown.image for shown in content.pictures])
    files = _known(community.attachments.all(), [each.attachment for each in content.enclosures])
    areas = _known(community.areas.all(), content.areas)
    topics = set(Topic.objects.filter(slug__in=content.topics).values_list("slug", flat=True))
    return replace(
        content,
        pictures=tuple(shown for shown in content.pictures if shown.image in images),
        enclosures=tuple(each for each in content.enclosures if each.attachment in files),
        topics=tuple(slug for slug in content.topics if slug in topics),
        areas=tuple(area for area in content.areas if area in areas),
        correction={},
    )


def _known(rows: Any, keys: Sequence[str]) -> set[str]:
    return {str(key) for key in rows.filter(pk__in=keys).values_list("pk", flat=True)}
