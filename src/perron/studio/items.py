"""Which items a member sees in the studio, and what may be done with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.access import Role, role_in
from perron.communities.models import Community
from perron.core.clock import now
from perron.core.errors import NotFound
from perron.publishing.kinds.base import Kind
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item

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
class Powers:
    """What somebody may do at a community; the rules check it again."""

    release: bool
    administer: bool


@dataclass(frozen=True)
class Row:
    """An item in a list: what it is called, where it stands, and the moment that matters about it."""

    item: Item
    kind: Kind
    state: str
    label: str
    moment: datetime | None


def powers(person: Person | AnonymousUser, community: Community) -> Powers:
    """Return what `person` may do, so that a screen offers only that."""
    role = role_in(person, community)
    return Powers(
        release=role in {Role.EDITOR, Role.ADMINISTRATOR},
        administer=role == Role.ADMINISTRATOR,
    )


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
    items = Item.objects.filter(community=community).order_by("-id")
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
    return [_row(item) for item in items]


def _row(item: Item) -> Row:
    state = state_of(item)
    moments = {"scheduled": item.release_at, "expired": item.expires_at, "withdrawn": item.withdrawn_at}
    moment = moments.get(state) or item.changed_at or item.created_at
    return Row(item, KINDS[item.kind], state, str(STATES[state]), moment)
