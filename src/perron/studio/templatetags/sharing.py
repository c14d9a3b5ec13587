"""What the first screen and the editor say of items that several communities show."""

from collections import Counter
from typing import Any

from django import template

from perron.communities.applying import deciding
from perron.communities.models import Community
from perron.communities.permissions import ADMIT_APPLICANTS, RELEASE, SHARE
from perron.publishing import guiding
from perron.publishing.models import Item, Placement
from perron.publishing.sharing import answering, placing

register = template.Library()
_FEW = 6


@register.inclusion_tag("studio/offers_waiting.html")
def offers_waiting(community: Community, powers: dict[str, bool]) -> dict[str, Any]:
    """`{% offers_waiting community powers %}`: what others offer and nobody has answered, on the first screen."""
    waiting = list(answering.waiting(community)[: _FEW + 1]) if powers[SHARE.name] else []
    return {"community": community, "waiting": waiting[:_FEW], "more": len(waiting) > _FEW}


@register.inclusion_tag("studio/first_waiting.html")
def first_waiting(community: Community, powers: dict[str, bool]) -> dict[str, Any]:
    """`{% first_waiting community powers %}`: who applies, and the first items of those whom the commune took up."""
    return {
        "community": community,
        "applications": deciding.waiting(community)[:_FEW] if powers[ADMIT_APPLICANTS.name] else [],
        "first": guiding.waiting(community)[:_FEW] if powers[RELEASE.name] else [],
    }


@register.inclusion_tag("studio/also_for_line.html")
def also_for_line(community: Community, item: Item | None, powers: dict[str, bool]) -> dict[str, Any]:
    """`{% also_for_line community item powers %}`: in how many places an item is offered, beside the editor."""
    offers = bool(item) and powers[SHARE.name] and placing.is_upper_tier(community)
    states = Counter(item.placements.values_list("state", flat=True)) if item and offers else Counter()
    return {
        "community": community,
        "item": item,
        "offers": offers,
        "states": [(label, states[state]) for state, label in Placement.State.choices if states[state]],
    }
