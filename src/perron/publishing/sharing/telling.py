"""What editors are told by letter of what others offer: that it has waited for some days, once each."""

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from pydantic import JsonValue

from perron.accounts.models import Person
from perron.communities.access import holders
from perron.communities.models import Community
from perron.communities.permissions import SHARE
from perron.communities.roles import Level
from perron.core.clock import now
from perron.letters.writing import compose, write_many
from perron.privacy.acting import SYSTEM
from perron.privacy.subjects import of_person
from perron.publishing.models import Item, Placement

# Where letters lead: the studio keeps this address.
PAGE = "/studio/{community}/offers/"
PATIENCE = timedelta(days=3)
_AT_ONCE = 500
# Titles in one letter; the page has the others.
_NAMED = 10


def tell_of_waiting_offers() -> int:
    """Write to each community of what has waited for an answer too long; return of how many offers."""
    public = Item.objects.released()
    with transaction.atomic():
        waiting = Placement.objects.select_for_update(of=("self",)).filter(
            state=Placement.State.OFFERED, told_at=None, offered_at__lte=now() - PATIENCE, item__in=public
        )
        by_community: dict[UUID, list[Placement]] = defaultdict(list)
        for placement in waiting.select_related("item__community").order_by("offered_at")[:_AT_ONCE]:
            by_community[placement.community_id].append(placement)
        communities = Community.objects.in_bulk(by_community)
        for key, placements in by_community.items():
            _write(communities[key], placements)
        keys = [placement.pk for placements in by_community.values() for placement in placements]
        Placement.objects.filter(pk__in=keys).update(told_at=now())
    return len(keys)


def _write(community: Community, placements: list[Placement]) -> None:
    letters = []
    for person in _readers(community):
        named: list[JsonValue] = [
            {"title": str(placement.item), "sender": placement.item.community.name_in(person.language)}
            for placement in placements[:_NAMED]
        ]
        context: dict[str, JsonValue] = {
            "community": community.name_in(person.language),
            "offers": named,
            "number": len(placements),
            "link": settings.PERRON_ORIGIN + PAGE.format(community=community.slug),
        }
        letters.append(
            compose("offers-waiting", to=person.email, subject=of_person(person.pk), language=person.language,
                    context=context)
        )  # fmt: skip
    write_many(letters, by=SYSTEM)


def _readers(community: Community) -> list[Person]:
    """Return who can answer: the community's editors and administrators, or else its partner's administrators."""
    return list(holders(SHARE, community)) or list(holders(SHARE, community, level=Level.PARTNER))
