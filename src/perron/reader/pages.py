"""The first page: what matters today."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import get_script_prefix
from django.utils.translation.trans_real import parse_accept_lang_header

from perron.communities import versions
from perron.communities.access import anyone
from perron.communities.hosting import platform_of
from perron.core.clock import today as this_day
from perron.reader import framing
from perron.reader.cards import made, true_until
from perron.reader.choices import chosen
from perron.reader.finding import communities_of
from perron.reader.merging import shown_once
from perron.reader.public import at_the_edge, only_read, public
from perron.reader.selecting import feed

DEFAULT_CARDS = 12
MOST_PLACES = 16


@anyone
def front(request: HttpRequest) -> HttpResponse:
    """Lead to today in the browser's language, if the platform speaks it."""
    platform = platform_of(request)
    language = _language(request.headers.get("Accept-Language", ""), platform.languages)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    response = HttpResponseRedirect(f"{get_script_prefix()}{language}/{query}")
    response["Vary"] = "Accept-Language"
    response["Cache-Control"] = "no-cache"
    return response


@anyone
@only_read
def platform(_request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to a platform whose address was typed without the slash at its end."""
    return HttpResponsePermanentRedirect(f"/p/{slug}/")


@at_the_edge()
def today(request: HttpRequest, language: str) -> HttpResponse:
    """Show what matters now: for the choice in the address, or, the same for everybody, for the platform."""
    platform = platform_of(request)
    choice = chosen(request, platform)
    communities = list(choice.communities) or communities_of(platform)
    selected = (
        feed(communities, topics=choice.topics) if choice else feed(communities, newest=DEFAULT_CARDS, only_now=True)
    )
    cards = shown_once(made(selected, language))
    named = communities if choice else communities[:MOST_PLACES]
    response = framing.page(
        request,
        "reader/today.html",
        platform=platform,
        fictional=framing.any_fictional(communities),
        counts_as="today",
        context={
            "tab": "today",
            "choice": choice,
            "day": this_day(),
            "communities": [(one, one.name_in(language)) for one in named],
            "more": len(named) < len(communities),
            "alerts": [card for card in cards if card.story.is_live()],
            "events": sorted((card for card in cards if card.is_today), key=lambda card: card.times[0]),
            "cards": [card for card in cards if not card.story.is_live() and not card.is_today],
        },
    )
    if request.GET:
        return framing.private(response)
    keys = [versions.of_platform(platform), *map(versions.of_community, communities)]
    return public(response, on=keys, until=true_until(cards))


def _language(accepted: str, spoken: Sequence[str]) -> str:
    """Return the first language of an Accept-Language header that the platform speaks; without one, its own first."""
    wanted = (code.partition("-")[0] for code, _ in parse_accept_lang_header(accepted))
    return next((code for code in wanted if code in spoken), spoken[0])
