"""What a community says to what is offered to it: this once, or always to one sender."""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities import versions
from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import DESCRIBE, SHARE
from perron.core.clock import now
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.text import clean_line, shorten
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.models import Item, Placement, Stance
from perron.publishing.search.indexing import index_again
from perron.publishing.sharing.placing import receivers
from perron.publishing.sharing.tables import REASON_LENGTH

_State = Placement.State
_Answer = Stance.Answer


def waiting(community: Community) -> QuerySet[Placement]:
    """Return what was offered to `community` and waits for its answer, the oldest first; only what is public."""
    public = Item.objects.released()
    offered = Placement.objects.filter(community=community, state=_State.OFFERED, item__in=public)
    return offered.select_related("item__community").order_by("offered_at")


def taken(community: Community) -> QuerySet[Placement]:
    """Return what `community` shows of others now, what was accepted last first."""
    accepted = Placement.objects.filter(community=community, state=_State.ACCEPTED, item__in=Item.objects.released())
    return accepted.select_related("item__community").order_by("-decided_at")


def find(community: Community, key: UUID) -> Placement:
    """Return a placement with `community` of an item that is public; raises `NotFound`."""
    placed = Placement.objects.filter(community=community, pk=key, item__in=Item.objects.released())
    if found := placed.select_related("item__community", "community").first():
        return found
    raise NotFound(_("This is offered no longer: its author took it back."))


def accept(placement: Placement, *, by: Actor) -> Placement:
    """Show the item with the community too, from now on. Raises `NotAllowed`, `Conflict`."""
    return _decide(placement, _State.ACCEPTED, "", by=by)


def decline(placement: Placement, reason: str, *, by: Actor) -> Placement:
    """Do not show the item, or no longer; the sender reads the `reason`. Raises `NotAllowed`, `Refused`, `Conflict`."""
    reason = clean_line(reason)
    if not reason:
        raise Refused(_("Write why, in a sentence: the sender reads it."))
    return _decide(placement, _State.DECLINED, shorten(reason, REASON_LENGTH), by=by)


def stance(community: Community, sender: Community) -> str:
    """Return what `community` answers to whatever `sender` offers (`Stance.Answer`)."""
    kept = Stance.objects.filter(community=community, sender=sender).values_list("answer", flat=True).first()
    return kept or _Answer.ASK


def settle(community: Community, sender: Community, answer: str, *, by: Actor) -> None:
    """Answer whatever `sender` offers, from now on, with `answer`; what waits of it is answered the same way.

    Raises `NotAllowed`; `Refused` for a sender that offers nothing here.
    """
    permit(by, DESCRIBE, community)
    if answer not in _Answer or not receivers(sender).filter(pk=community.pk).exists():
        raise Refused(_("Choose one of the answers."))
    with transaction.atomic():
        kept, _made = Stance.objects.update_or_create(community=community, sender=sender, defaults={"answer": answer})
        record("settle", kept, by=by, tenant=community.pk, sender=str(sender.pk), answer=answer)
        open_ones = Placement.objects.filter(community=community, item__community=sender, state=_State.OFFERED)
        if answer == _Answer.ALWAYS:
            items = list(open_ones.values_list("item_id", flat=True))
            open_ones.update(state=_State.ACCEPTED, decided_at=now(), decided_by=_person(by))
            index_again(items)
            versions.bump([versions.of_community(community)])
        elif answer == _Answer.NEVER:
            open_ones.update(state=_State.DECLINED, decided_at=now(), decided_by=_person(by))


def _decide(placement: Placement, state: str, reason: str, *, by: Actor) -> Placement:
    permit(by, SHARE, placement.community)
    with transaction.atomic():
        # The item before its placement, in the order in which everything locks them.
        Item.objects.select_for_update().filter(pk=placement.item_id).first()
        row = Placement.objects.select_for_update().filter(pk=placement.pk).first()
        if row is None:
            raise Conflict(_("This is offered no longer: its author took it back."))
        if row.state == state:
            raise Conflict(_("Somebody else answered this already."))
        stale = _State.ACCEPTED in {row.state, state}
        row.state, row.reason, row.decided_at, row.decided_by = state, reason, now(), _person(by)
        row.save(update_fields=["state", "reason", "decided_at", "decided_by"])
        record({_State.ACCEPTED: "accept", _State.DECLINED: "decline"}[_State(state)], row, by=by,
               tenant=row.community_id, item=str(row.item_id))  # fmt: skip
        if stale:
            index_again([row.item_id])
            versions.bump([versions.of_community(row.community_id)])
    return row


def _person(by: Actor) -> Person | None:
    return Person.objects.filter(pk=by.id).first() if by.kind == "person" and by.id else None
