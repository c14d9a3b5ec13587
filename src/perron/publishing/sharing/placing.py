"""An upper tier writes once, into many communities: offering an item, and taking the offer back.

Only the community that wrote an item offers it: what was accepted is shown, never passed on. So two upper tiers that
take everything from each other cannot send an item in a circle, however long the chain is.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import SHARE
from perron.core.clock import now
from perron.core.errors import Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import entry, record_many
from perron.privacy.models import AuditEntry
from perron.publishing import drafting
from perron.publishing.models import Item, ItemQuerySet, Placement, Stance
from perron.publishing.search.indexing import index_again

_State = Placement.State
_Answer = Stance.Answer
# All the communes of Belgium.
MOST_AT_ONCE = 600


def is_upper_tier(community: Community) -> bool:
    """Say whether a community may offer what it writes to others: a province, an intercommunale, a police zone."""
    return community.kind == Community.Kind.PUBLIC_SERVICE


def receivers(sender: Community) -> QuerySet[Community]:
    """Return the communities into which `sender` may offer: communes and public services, but not itself."""
    if not is_upper_tier(sender):
        return Community.objects.none()
    kinds = (Community.Kind.COMMUNE, Community.Kind.PUBLIC_SERVICE)
    return Community.objects.filter(kind__in=kinds).exclude(pk=sender.pk)


def offer(item: Item, communities: Collection[Community], *, by: Actor) -> list[Placement]:
    """Offer `item` to these communities too; return the new placements, in no order.

    Nobody is asked before it is public. Where a community accepts always, it is accepted now; where it declines
    always, declined. Those to which it was offered before keep their answer.
    Raises `NotAllowed`; `Refused` for a community that is none of `receivers`, or too many at once.
    """
    permit(by, SHARE, item.community)
    _look_at(item, communities)
    with transaction.atomic():
        item = drafting.lock(item)
        if item.state == Item.State.WITHDRAWN:
            raise Refused(_("This item was withdrawn. What nobody can read is not offered."))
        known = set(item.placements.values_list("community_id", flat=True))
        stances = dict(Stance.objects.filter(sender=item.community_id).values_list("community_id", "answer"))
        placements = [_placement(item, community, stances.get(community.pk, _Answer.ASK))
                      for community in communities if community.pk not in known]  # fmt: skip
        Placement.objects.bulk_create(placements)
        record_many([_trace("offer", placement, by=by) for placement in placements])
        versions.bump(_shown(placements))
        index_again([item.pk] if _shown(placements) else [])
    return placements


def take_back(item: Item, communities: Collection[Community], *, by: Actor) -> None:
    """End the offers of `item` to these communities; where it was accepted, it leaves their pages. The next to be
    offered it is asked anew. Raises `NotAllowed`."""
    permit(by, SHARE, item.community)
    with transaction.atomic():
        item = drafting.lock(item)
        placements = list(Placement.objects.select_for_update().filter(item=item, community__in=communities))
        record_many([_trace("take back", placement, by=by) for placement in placements])
        versions.bump(_shown(placements))
        Placement.objects.filter(pk__in=[placement.pk for placement in placements]).delete()
        index_again([item.pk] if _shown(placements) else [])


def placed_in(items: ItemQuerySet, communities: Iterable[Community]) -> ItemQuerySet:
    """Keep of `items` what one of these communities shows of others."""
    accepted = Placement.objects.filter(community__in=communities, state=_State.ACCEPTED)
    return items.filter(pk__in=accepted.values("item"))


def showing(items: Iterable[Item]) -> list[UUID]:
    """Return the communities that show one of these items beside its own: what a change of it makes stale."""
    accepted = Placement.objects.filter(item__in=items, state=_State.ACCEPTED)
    return list(accepted.values_list("community_id", flat=True).distinct())


def _look_at(item: Item, communities: Collection[Community]) -> None:
    if not is_upper_tier(item.community):
        raise Refused(_("Only a public service, such as a province or a police zone, offers its items to communes."))
    if len(communities) > MOST_AT_ONCE:
        raise Refused(_("Choose at most %(most)d communities at once.") % {"most": MOST_AT_ONCE})
    wanted = {community.pk for community in communities}
    if receivers(item.community).filter(pk__in=wanted).count() != len(wanted):
        raise Refused(_("Items are offered to communes and other public services."))


def _placement(item: Item, community: Community, answer: str) -> Placement:
    state = {_Answer.ALWAYS: _State.ACCEPTED, _Answer.NEVER: _State.DECLINED}.get(_Answer(answer), _State.OFFERED)
    decided_at = None if state == _State.OFFERED else now()
    return Placement(item=item, community=community, state=state, decided_at=decided_at)


def _shown(placements: Iterable[Placement]) -> set[str]:
    return {versions.of_community(one.community_id) for one in placements if one.state == _State.ACCEPTED}


def _trace(verb: str, placement: Placement, *, by: Actor) -> AuditEntry:
    return entry(verb, placement, by=by, tenant=placement.item.community_id, community=str(placement.community_id))
