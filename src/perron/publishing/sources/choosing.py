"""An item that was corrected here and that the source changed since: an editor chooses between the two texts."""

from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.permissions import WRITE
from perron.core.errors import Conflict
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, Origin


def offered(item: Item) -> Content | None:
    """Return what the source says now where that is not what somebody made of it here, or None."""
    origin = Origin.objects.filter(item=item).first()
    if origin is None or not origin.offer:
        return None
    theirs = Content.from_json(origin.offer["content"])
    # The source has words and times; pictures, places and the end of publication were added here.
    return replace(drafting.newest(item), texts=theirs.texts, details=theirs.details)


def take_over(item: Item, *, by: Actor, expected: int) -> Item:
    """Save the source's words as the newest revision: from now on it is corrected by the source again.

    What is public is changed by the next release. Raises `Conflict` as `drafting.save`, or if the source has nothing
    to offer any more.
    """
    with transaction.atomic():
        origin, content = _locked(item)
        saved = drafting.save(item, content, by=by, expected=expected)
        origin.edition = saved.edition
        _settle(origin)
        record("take over", saved, by=by, tenant=saved.community_id, edition=saved.edition)
    return saved


def keep_ours(item: Item, *, by: Actor) -> None:
    """Keep the correction; the source's present words are not offered again."""
    permit(by, WRITE, item.community)
    with transaction.atomic():
        origin, _content = _locked(item)
        _settle(origin)
        record("keep ours", item, by=by, tenant=item.community_id)


def _locked(item: Item) -> tuple[Origin, Content]:
    origin = Origin.objects.select_for_update().filter(item=item).first()
    content = offered(item)
    if origin is None or content is None:
        raise Conflict(_("The source has nothing else to offer any more, or somebody chose already."))
    return origin, content


def _settle(origin: Origin) -> None:
    origin.fingerprint, origin.offer = origin.offer["fingerprint"], {}
    origin.save(update_fields=["fingerprint", "offer", "edition"])
