"""What stays first on the community's page, for a time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.permissions import RELEASE
from perron.core.clock import now
from perron.core.errors import Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing import drafting
from perron.publishing.models import Item

# More of them would leave no room for what is new; longer, and nobody would remember why.
MOST = 3
LONGEST = timedelta(days=366)


def pin(item: Item, until: datetime, *, by: Actor) -> Item:
    """Keep `item` first on the community's page and in its document until then. Raises `NotAllowed`, `Refused`."""
    permit(by, RELEASE, item.community)
    if not now() < until <= now() + LONGEST:
        raise Refused(_("Choose a day from today on, within a year."))
    with transaction.atomic():
        item = drafting.lock(item)
        if item.state == Item.State.WITHDRAWN or (item.state == Item.State.RELEASED and not item.is_public):
            raise Refused(_("This is not public any more: release it again before you pin it."))
        pinned = Item.objects.filter(community=item.community, pinned_until__gt=now()).exclude(pk=item.pk)
        if pinned.exclude(state=Item.State.WITHDRAWN).count() >= MOST:
            raise Refused(_("Three items are pinned already. Take one of them down first."))
        _set(item, until, "pin", by=by)
    return item


def unpin(item: Item, *, by: Actor) -> Item:
    """Let the item take its place among the others again."""
    permit(by, RELEASE, item.community)
    with transaction.atomic():
        item = drafting.lock(item)
        if item.pinned_until is not None:
            _set(item, None, "unpin", by=by)
    return item


def _set(item: Item, until: datetime | None, verb: str, *, by: Actor) -> None:
    item.pinned_until = until
    item.save(update_fields=["pinned_until"])
    versions.bump([versions.of_community(item.community_id)])
    record(verb, item, by=by, tenant=item.community_id, until=until.isoformat() if until else None)
