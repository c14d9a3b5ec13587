"""Also for: an upper tier offers what it wrote to communes, from beside the editor."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities import communes
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import SHARE
from perron.core.errors import NotFound, Refused
from perron.core.language import localised
from perron.core.text import normalise
from perron.publishing.models import Item
from perron.publishing.sharing import placing
from perron.studio.items import find

MOST_FOUND = 40


@dataclass(frozen=True)
class Group:
    """Communities that are offered something by one tap: those of a platform, or of a province."""

    key: str
    name: str
    communities: tuple[Community, ...]


@requires(SHARE)
def also_for(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show to whom an item is offered and what they said; search for more, or choose all of a platform or province."""
    found = find(community, item)
    if not placing.is_upper_tier(community):
        raise NotFound(_("There is nothing at this address."))
    placements = list(found.placements.select_related("community").order_by("community__slug"))
    known = {placement.community_id for placement in placements}
    left = [one for one in placing.receivers(community).prefetch_related("platforms") if one.pk not in known]
    refusal = ""
    if request.method == "POST":
        try:
            _do(request, found, left)
        except Refused as refused:
            refusal = refused.message
        else:
            return redirect("studio:also-for", community.slug, found.pk)
    words = request.GET.get("q", "").replace("\0", "")[:100]
    matching = _matching(left, words, community)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "item": found,
        "placements": placements,
        "groups": _groups(community, left),
        "words": words,
        "matching": matching[:MOST_FOUND],
        "more": len(matching) > MOST_FOUND,
        "refusal": refusal,
    }
    return render(request, "studio/also_for.html", context, status=422 if refusal else 200)


def _do(request: HttpRequest, item: Item, left: Sequence[Community]) -> None:
    """Take one offer back, or offer to the communities that were ticked, or to a group."""
    assert isinstance(request.user, Person)
    by = request.user.actor
    if back := request.POST.get("back", ""):
        placing.take_back(item, list(Community.objects.filter(slug=back)), by=by)
        messages.success(request, _("It is offered there no longer."))
        return
    group = request.POST.get("group", "")
    slugs = set(request.POST.getlist("to"))
    groups = {one.key: one.communities for one in _groups(item.community, left)} if group else {}
    chosen = groups.get(group, ()) if group else [one for one in left if one.slug in slugs]
    if not chosen:
        raise Refused(_("Choose at least one community."))
    number = len(placing.offer(item, chosen, by=by))
    said = ngettext("Offered to %(number)d community.", "Offered to %(number)d communities.", number)
    messages.success(request, said % {"number": number})


def _groups(sender: Community, left: Sequence[Community]) -> list[Group]:
    """Return who can be chosen by one tap: the communes of each platform where the sender is, and of each province."""
    own = {platform.pk for platform in sender.platforms.all()}
    towns = [one for one in left if one.kind == Community.Kind.COMMUNE]
    by_key: dict[tuple[str, str], list[Community]] = {}
    for town in towns:
        for platform in town.platforms.all():
            if platform.pk in own:
                by_key.setdefault((f"platform:{platform.slug}", platform.name), []).append(town)
        if commune := communes.by_nis(town.commune_nis):
            name = localised(communes.PROVINCES[commune.province], get_language() or "fr")
            words = _("Province: %(name)s") % {"name": name}
            by_key.setdefault((f"province:{commune.province}", words), []).append(town)
    groups = [Group(key, name, tuple(members)) for (key, name), members in sorted(by_key.items())]
    return [group for group in groups if len(group.communities) > 1]


def _matching(left: Sequence[Community], words: str, sender: Community) -> list[Community]:
    """Return those whose name or postal code begins with the words; without any, those that share a platform."""
    wanted = normalise(words)
    if wanted:
        named = [one for one in left if any(f" {wanted}" in f" {normalise(text)}" for text in _called(one))]
    else:
        own = {platform.pk for platform in sender.platforms.all()}
        named = [one for one in left if own & {platform.pk for platform in one.platforms.all()}]
    return sorted(named, key=lambda one: str(one).casefold())


def _called(community: Community) -> list[str]:
    return [*community.names.values(), community.postal_code]
