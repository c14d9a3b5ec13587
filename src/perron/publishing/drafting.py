"""The working side: beginning an item and saving revisions of it."""

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from perron.communities.access import may, permit
from perron.communities.models import Community
from perron.communities.permissions import RELEASE, WRITE
from perron.core.errors import Conflict
from perron.core.identifiers import short_key
from perron.core.text import clean_line
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.content import Content
from perron.publishing.models import Item, Revision


def begin(community: Community, kind: str, content: Content, *, by: Actor) -> Item:
    """Write a first draft and return its item. Raises `NotAllowed`."""
    permit(by, WRITE, community)
    with transaction.atomic():
        item = new_item(community, kind, content, by=by)
        item.save()
        revision(item, content, by=by).save()
        record("draft", item, by=by, tenant=community.pk, kind=kind)
    return item


def save(item: Item, content: Content, *, by: Actor, expected: int) -> Item:
    """Write a new revision of `item` on top of number `expected`.

    Raises `Conflict`, and writes nothing, if somebody saved another revision in the meantime, or if an editor
    scheduled the item and `by` is none: what goes out by itself was seen by somebody who may release it. Where a
    second person reads before release, a scheduled item becomes a draft again.
    """
    permit(by, WRITE, item.community)
    with transaction.atomic():
        item = lock(item, expected=expected)
        if item.state == Item.State.SCHEDULED and not may(by, RELEASE, item.community):
            raise Conflict(_("An editor has scheduled this item: until it goes out, only editors change it."))
        if item.state == Item.State.SCHEDULED and item.community.second_reader and item.kind != "alert":
            # What goes out by itself was accepted by a second person; this was not.
            item.state, item.release_at = Item.State.DRAFT, None
        item.edition += 1
        name(item, content)
        try:
            with transaction.atomic():
                revision(item, content, by=by).save()
        except IntegrityError as error:
            raise conflict() from error
        item.save(update_fields=["edition", "working_title", "slug", "state", "release_at"])
        record("revise", item, by=by, tenant=item.community_id, edition=item.edition)
    return item


def discard(item: Item, *, by: Actor) -> None:
    """Delete a draft that was never public; raises `Conflict` if it is public or scheduled by now."""
    permit(by, WRITE, item.community)
    with transaction.atomic():
        item = lock(item)
        if item.state != Item.State.DRAFT or item.published_at is not None:
            raise Conflict(_("Only a draft that was never public can be deleted."))
        record("discard", item, by=by, tenant=item.community_id, kind=item.kind)
        item.delete()


def newest(item: Item) -> Content:
    """Return the content of the item's newest revision; what it told of its correction was told with its release."""
    content = Content.from_json(item.revisions.get(number=item.edition).content)
    return content if item.edition != item.released_edition else replace(content, correction={})


def new_item(community: Community, kind: str, content: Content, *, by: Actor) -> Item:
    """Return an unsaved first edition."""
    item = Item(community=community, kind=kind, edition=1, created_by_id=by.id if by.kind == "person" else None)
    name(item, content)
    return item


def revision(item: Item, content: Content, *, by: Actor) -> Revision:
    """Return the unsaved revision of the item's present edition."""
    person = by.id if by.kind == "person" else None
    return Revision(item=item, number=item.edition, content=content.to_json(), saved_by_id=person)


def name(item: Item, content: Content) -> None:
    """Set the working title, and the address until it was released once."""
    item.working_title = clean_line(content.title())[:140]
    if item.published_at is None and not (item.slug and item.slug.startswith(_stem(item.working_title) + "-")):
        item.slug = f"{_stem(item.working_title)}-{short_key()}"


def lock(item: Item, *, expected: int | None = None) -> Item:
    """Return the item as it is now, locked for this transaction; raises `Conflict` if it is not at `expected`."""
    fresh = Item.objects.select_for_update().select_related(None).get(pk=item.pk)
    if expected is not None and fresh.edition != expected:
        raise conflict()
    return fresh


def conflict() -> Conflict:
    """Return what is said to the second of two who saved."""
    return Conflict(_("Somebody else saved this item while you were writing. Nothing of theirs was overwritten."))


def _stem(title: str) -> str:
    return slugify(title)[:60].strip("-_").replace("_", "-") or "item"
