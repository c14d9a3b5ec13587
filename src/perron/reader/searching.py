"""Search: what somebody looks for stands in the address, and goes no further: not kept, not listed, not logged."""

from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.communities.models import Community, Platform
from perron.core.errors import NotFound
from perron.core.text import clean_line
from perron.publishing.card_parts import fetch_card_parts
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.publishing.search.asking import LONGEST, Found, search
from perron.publishing.search.naming import named
from perron.reader import framing
from perron.reader.cards import Card, entry_of, made
from perron.reader.choices import Choice, chosen
from perron.reader.finding import communities_of, community_here
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import Selected, upcoming_of

MOST = 60


@at_the_edge()
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show the form; with `q`, what is found: `c` (may be repeated) and `kind` leave only some of it."""
    platform = platform_of(request)
    choice = chosen(request, platform)
    typed, kind = _asked(request)
    communities = list(choice.communities) or communities_of(platform)
    found = search(typed, communities=_within(platform, choice), kind=kind, most=MOST)
    cards = _cards(found, language)
    # The front platform answers for every community.
    names = named(typed, Community.objects.all() if platform.is_front else communities_of(platform), language)
    response = framing.page(
        request,
        "reader/search.html",
        platform=platform,
        fictional=framing.any_fictional([*communities, *names, *(card.story.community for card in cards)]),
        indexed=False,
        counts_as="search",
        context={
            "tab": "search",
            "choice": choice,
            "typed": typed,
            "longest": LONGEST,
            "kind": kind,
            "cards": cards,
            "named": [(one.slug, one.name_in(language)) for one in names],
            "is_cut": len(found.items) == MOST,
            "places": [(one.slug, one.name_in(language)) for one in communities_of(platform)],
            "everywhere": _address(typed, kind, Choice()),
            "everything": _address(typed, "", Choice()),
            "by_kind": [("", _("All"), _address(typed, "", choice))]
            + [(slug, str(one.plural), _address(typed, slug, choice)) for slug, one in KINDS.items()],
        },
    )
    if request.GET:
        return framing.private(response)
    keys = [versions.of_platform(platform), *map(versions.of_community, communities)]
    return public(response, on=keys)


@at_the_edge()
def cards(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Answer with the cards found in one community: the app asks for each that its device follows, and merges them."""
    found_in = community_here(community)
    typed, kind = _asked(request)
    found = search(typed, communities=[found_in.pk], kind=kind, most=MOST)
    by_title = set(found.items[: found.by_title])
    body = {
        "cards": [entry_of(card) | {"in_title": card.story.id in by_title} for card in _cards(found, language)],
    }
    return framing.private(JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")}))


def _asked(request: HttpRequest) -> tuple[str, str]:
    typed, kind = clean_line(request.GET.get("q", ""))[:LONGEST], request.GET.get("kind", "")
    if kind not in {"", *KINDS}:
        raise NotFound(_("There is nothing at this address."))
    return typed, kind


def _within(platform: Platform, choice: Choice) -> Collection[Any] | None:
    """Return the communities that are searched; None for all, which the front platform answers for."""
    if choice:
        return [one.pk for one in choice.communities]
    return None if platform.is_front else [one.pk for one in communities_of(platform)]


def _cards(found: Found, language: str) -> list[Card]:
    items = {item.pk: item for item in Item.objects.released().filter(pk__in=found.items).with_details()}
    rows = [items[key] for key in found.items if key in items]
    parts = fetch_card_parts(rows, Community.objects.filter(pk__in={row.community_id for row in rows}))
    times = upcoming_of(rows)
    return made([Selected(row, parts[row.pk], times.get(row.pk, ())) for row in rows], language)


def _address(typed: str, kind: str, choice: Choice) -> str:
    asked: Sequence[tuple[str, str]] = [("q", typed), ("kind", kind), *(("c", one.slug) for one in choice.communities)]
    return "?" + urlencode([(name, value) for name, value in asked if value])
