"""What every residents' page has around its own part: platform, languages, addresses, robots."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.translation import get_language

from perron.communities.hosting import address_of, home
from perron.communities.models import Community, Platform
from perron.core.language import LANGUAGES, NAMES
from perron.reader.public import counted
from perron.statistics.counting import Opened

# As Open Graph writes languages: with the country where they are read.
_LOCALES = {"fr": "fr_BE", "nl": "nl_BE", "de": "de_BE", "en": "en_GB"}


def page(
    request: HttpRequest,
    template: str,
    *,
    platform: Platform,
    fictional: bool,
    context: dict[str, Any],
    community: Community | None = None,
    languages: Sequence[str] = (),
    canonical_language: str = "",
    indexed: bool = True,
    counts_as: str = "",
) -> HttpResponse:
    """Render a residents' page.

    Its lasting address, which search engines keep, is on the platform where `community` is at home, as in the
    sitemap; of a page that is no community's, on this one.
    `languages` are those in which the page has its own words (default: those of the platform of its lasting
    address); `canonical_language` the one whose address search engines keep (default: the page's own). Pages with
    fictional content and pages that are not `indexed` say so in their head and in a header. `counts_as` is the page's
    name in the statistics (`PageCount.page`); without one its visits are not counted.
    """
    language = get_language() or LANGUAGES[0]
    indexed = indexed and not fictional
    rest = request.path_info.split("/", 2)[2]
    root = get_script_prefix()
    lasting = (home(community) if community else None) or platform
    spoken = languages or lasting.languages
    speaks = canonical_language or (language if language in spoken else spoken[0])
    at = address_of(lasting)
    frame = {
        "platform": platform,
        "fictional": fictional,
        "indexed": indexed,
        "language": language,
        "root": root,
        "home": f"{root}{language}/",
        "languages": [_link(code, rest, request) for code in _offered(platform, language)],
        "alternates": [(code, f"{at}/{code}/{rest}") for code in spoken],
        "canonical": f"{at}/{speaks}/{rest}",
        "locale": _LOCALES[speaks],
        "share_picture": f"{at}/app/icon-512.png",
    }
    response = render(request, template, frame | context)
    if not indexed:
        response["X-Robots-Tag"] = "noindex"
    if counts_as:
        counted(response, Opened(platform.pk, community.pk if community else None, counts_as))
    return response


def private(response: HttpResponse) -> HttpResponse:
    """Mark a page that shows somebody's choice: nobody keeps it, lists it or is told of its address."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def any_fictional(communities: Iterable[Community]) -> bool:
    """Say whether one of these communities is a demonstration."""
    return any(community.fictional for community in communities)


def _offered(platform: Platform, language: str) -> list[str]:
    offered = list(platform.languages)
    return offered if language in offered else [*offered, language]


def _link(code: str, rest: str, request: HttpRequest) -> dict[str, str]:
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return {"code": code, "name": NAMES[code], "path": f"{get_script_prefix()}{code}/{rest}{query}"}
