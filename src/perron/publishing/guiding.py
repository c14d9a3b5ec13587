"""The first items of a community that a commune took up: it hands them in, and the commune releases them."""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from perron.communities.access import holders, may, permit
from perron.communities.models import Apprenticeship, Community
from perron.communities.permissions import RELEASE
from perron.core.errors import NotFound, Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing import drafting
from perron.publishing.models import HandIn, Item
from perron.publishing.working import reviewing


def guardian_of(community: Community) -> Community | None:
    """Return the commune that still looks at what a community releases for the first time."""
    found = Apprenticeship.objects.filter(community=community, left__gt=0).select_related("guardian").first()
    return found.guardian if found else None


def must_hand_in(community: Community, by: Actor) -> Community | None:
    """Return the guardian to which `by` hands in what the community wants public, or None if `by` may release it."""
    guardian = guardian_of(community)
    return None if guardian is None or may(by, RELEASE, guardian) else guardian


def permit_release(item: Item, *, by: Actor) -> None:
    """Raise `NotAllowed` unless `by` may release the item, and `Refused` while only its guardian may."""
    guardian = guardian_of(item.community) if item.published_at is None else None
    if guardian is None or not may(by, RELEASE, guardian):
        permit(by, RELEASE, item.community)
    if guardian and not may(by, RELEASE, guardian):
        raise Refused(_("The first items are released by %(guardian)s: hand it in.") % {"guardian": guardian})


def hand_in(item: Item, *, by: Actor) -> None:
    """Have the guardian look at the newest revision. Raises `NotAllowed`; `Refused` where nobody needs to look."""
    permit(by, RELEASE, item.community)
    if guardian_of(item.community) is None or item.published_at is not None:
        raise Refused(_("Nobody needs to look at this first: release it."))
    with transaction.atomic():
        kept, _made = HandIn.objects.get_or_create(item=item)
        record("hand in", kept.item, by=by, tenant=item.community_id, edition=item.edition)


def send_back(item: Item, words: str, *, by: Actor, expected: int) -> None:
    """Say why a guardian does not make revision `expected` public; those who wrote it are told by letter.

    Raises `NotAllowed`, `Conflict`, `Refused` for no reason.
    """
    guardian = guardian_of(item.community)
    if guardian is None:
        raise NotFound(_("Nothing waits here: it was released, or taken back."))
    permit(by, RELEASE, guardian)
    with transaction.atomic():
        locked = drafting.lock(item, expected=expected)
        if not HandIn.objects.filter(item=locked).delete()[0]:
            raise NotFound(_("Nothing waits here: it was released, or taken back."))
        reviewing.note_sent_back(locked, words, by=by)
        record("send back", locked, by=by, tenant=locked.community_id, edition=locked.edition)
        for person in holders(RELEASE, locked.community):
            reviewing.tell("first-item-sent-back", person, locked, by=by, words=words)


def was_sent_back(item: Item) -> bool:
    """Say whether the item was handed in, came back, and was not handed in again."""
    is_theirs = item.published_at is None and guardian_of(item.community) is not None
    return is_theirs and not HandIn.objects.filter(item=item).exists() and item.review_steps.exists()


def waiting(guardian: Community) -> QuerySet[HandIn]:
    """Return what was handed in to a commune and is not public yet, the oldest first."""
    theirs = HandIn.objects.filter(
        item__community__apprenticeship__guardian=guardian,
        item__community__apprenticeship__left__gt=0,
        item__published_at=None,
    )
    return theirs.select_related("item__community").order_by("at")


def find(guardian: Community, key: UUID) -> Item:
    """Return an item that was handed in to a commune; raises `NotFound`."""
    if found := waiting(guardian).filter(item_id=key).first():
        return found.item
    raise NotFound(_("Nothing waits here: it was released, or taken back."))


def looked_at(item: Item) -> None:
    """Count an item that was released for the first time; in the transaction of its release."""
    HandIn.objects.filter(item=item).delete()
    Apprenticeship.objects.filter(community=item.community_id, left__gt=0).update(left=F("left") - 1)
