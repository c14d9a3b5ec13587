"""Which items a member sees in the studio, and where they stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from perron.communities.models import Community
from perron.core.clock import now
from perron.core.errors import NotFound
from perron.core.language import LANGUAGES
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import AlertDetails, Item, Revision

PAGE = 50

STATES = {
    "draft": _("Draft"),
    "scheduled": _("Scheduled"),
    "live": _("Public"),
    "changed": _("Public, with a correction not yet released"),
    "expired": _("Expired"),
    "withdrawn": _("Withdrawn"),
}


@dataclass(frozen=True)
class Row:
    """An item in a list: what it is called, where it stands, and the moment that matters about it."""

    item: Item
    title: str
    kind: str
    state: str
    label: str
    moment: datetime | None


def find(community: Community, key: UUID) -> Item:
    """Return the community's item; raises `NotFound`, also for an item of somebody else."""
    found = Item.objects.filter(community=community, pk=key).select_related("community").first()
    if found is None:
        raise NotFound(str(_("There is no such item here. It may have been deleted.")))
    return found


def state_of(item: Item) -> str:
    """Return the key of `STATES` that says where the item stands."""
    if item.state != Item.State.RELEASED:
        return item.state
    if not item.is_public:
        return "expired"
    return "changed" if item.has_unreleased_changes else "live"


def live_alerts(community: Community) -> QuerySet[Item]:
    """Return the alerts that residents see now, newest first."""
    return (
        Item.objects.released()
        .filter(community=community, kind="alert", alertdetails__ends_at__gt=now())
        .select_related("alertdetails")
        .newest_first()
    )


def chosen(community: Community, *, kind: str = "", state: str = "", words: str = "") -> QuerySet[Item]:
    """Return the community's items, the latest begun first; "" chooses all."""
    items = Item.objects.filter(community=community).select_related("alertdetails").order_by("-id")
    if kind:
        items = items.filter(kind=kind)
    if words:
        items = items.filter(working_title__icontains=words)
    public = Q(state=Item.State.RELEASED) & (Q(expires_at=None) | Q(expires_at__gt=now()))
    if state == "live":
        items = items.filter(public)
    elif state == "changed":
        items = items.filter(public).exclude(released_edition=F("edition"))
    elif state == "expired":
        items = items.filter(state=Item.State.RELEASED, expires_at__lte=now())
    elif state:
        items = items.filter(state=state)
    return items


def rows(items: Iterable[Item]) -> list[Row]:
    """Return the rows of a list."""
    found = list(items)
    titles = titles_of(item.pk for item in found)
    return [_row(item, titles[item.pk]) for item in found]


def titles_of(keys: Iterable[UUID]) -> dict[UUID, str]:
    """Return what items are called in the reader's language, or the first that they are written in; by one query."""
    wanted = list(keys)
    if not wanted:
        return {}
    own = f"content__texts__{get_language() or LANGUAGES[0]}__title"
    newest = Revision.objects.filter(item__in=wanted, number=F("item__edition"))
    found = newest.values_list("item_id", own, "item__working_title")
    titles = {key: str(title or first) for key, title, first in found}
    return {key: titles.get(key, "") for key in wanted}


def _row(item: Item, title: str) -> Row:
    state = state_of(item)
    moments = {"scheduled": item.release_at, "expired": item.expires_at, "withdrawn": item.withdrawn_at}
    moment = moments.get(state) or item.changed_at or item.created_at
    alert = getattr(item, "alertdetails", None)
    # What is not real says so in lists too.
    kind = (
        alert.get_status_display() if alert and alert.status != AlertDetails.Status.ACTUAL else KINDS[item.kind].label
    )
    return Row(item, title, str(kind), state, str(STATES[state]), moment)
