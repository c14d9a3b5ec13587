"""The first run: which communities, which topics. A form that works without JavaScript and keeps nothing."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from perron.communities import communes, versions
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.core.clock import next_midnight
from perron.core.language import localised
from perron.core.text import clean_line, normalise
from perron.reader import framing
from perron.reader.choices import chosen
from perron.reader.finding import communities_of, topics
from perron.reader.public import at_the_edge, public

LONGEST_SEARCH = 80


_PLURALS = {
    Community.Kind.COMMUNE: gettext_lazy("Communes"),
    Community.Kind.PUBLIC_SERVICE: gettext_lazy("Public services"),
    Community.Kind.SCHOOL: gettext_lazy("Schools"),
    Community.Kind.ASSOCIATION: gettext_lazy("Associations"),
    Community.Kind.SHOP: gettext_lazy("Shops"),
}


@dataclass(frozen=True)
class Tick:
    """A community that can be chosen."""

    community: Community
    name: str
    ticked: bool


@dataclass(frozen=True)
class Group:
    """The communities of one sort."""

    kind: str
    label: str
    ticks: list[Tick]


@at_the_edge()
def choose(request: HttpRequest, language: str) -> HttpResponse:
    """Offer the platform's communities and the topics; with `q`, the communities found and those ticked already."""
    platform = platform_of(request)
    everything = communities_of(platform)
    choice = chosen(request, platform)
    search = clean_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
    found = find(search, everything) if search else everything
    ticked = {one.pk for one in choice.communities}
    shown = [one for one in everything if one in found or one.pk in ticked] if found else everything
    response = framing.page(
        request,
        "reader/choose.html",
        platform=platform,
        fictional=framing.any_fictional(everything),
        counts_as="choose",
        context={
            "tab": "choose",
            "choice": choice,
            "groups": _groups([Tick(one, one.name_in(language), one.pk in ticked) for one in shown]),
            "topics": [(one.slug, localised(one.names, language), one.slug in choice.topics) for one in topics()],
            "search": search,
            "found": len(found),
        },
    )
    if request.GET:
        return framing.private(response)
    keys = [versions.of_platform(platform), *map(versions.of_community, everything)]
    return public(response, on=keys, until=next_midnight())


def find(search: str, among: Iterable[Community]) -> list[Community]:
    """Return the communities in a commune that `search` names, by postal code or name, or with it in their own name."""
    places = {commune.nis for commune in communes.look_up(search)}
    words = normalise(search)
    return [
        one
        for one in among
        if one.commune_nis in places
        or (words and words == one.postal_code)
        or (words and any(words in normalise(name) for name in one.names.values()))
    ]


def _groups(ticks: list[Tick]) -> list[Group]:
    by_kind: dict[str, list[Tick]] = {}
    for tick in ticks:
        by_kind.setdefault(tick.community.kind, []).append(tick)
    return [Group(kind.value, str(_PLURALS[kind]), by_kind[kind]) for kind in Community.Kind if kind in by_kind]
