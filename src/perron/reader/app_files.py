"""What makes the residents' pages an installable app: manifest, icons, service worker, offline page, list of places."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from perron.communities import communes, versions
from perron.communities.communes import Commune
from perron.communities.hosting import platform_of
from perron.communities.models import Community, Platform
from perron.communities.naming import RESERVED
from perron.core.errors import NotFound
from perron.core.language import LANGUAGES, localised
from perron.reader import framing, icons
from perron.reader.finding import communities_of, topics
from perron.reader.public import at_the_edge, public
from perron.reader.theming import PAPER

_SCRIPTS = Path(__file__).parent / "static" / "reader"
_WORKER = _SCRIPTS / "worker.js"
_A_DAY = "public, max-age=86400"


@at_the_edge()
def manifest(request: HttpRequest, language: str) -> HttpResponse:
    """Answer with the web app manifest in a language (W3C, Web Application Manifest)."""
    platform = platform_of(request)
    root = get_script_prefix()
    home = reverse("reader:today", args=[language])
    body = {
        # The same app in every language.
        "id": root,
        "scope": root,
        "start_url": home,
        "lang": language,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "name": platform.name,
        "short_name": platform.name,
        "description": _("News, events and alerts of the places where you live."),
        "categories": ["news", "government", "lifestyle"],
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": platform.colour,
        "icons": [_icon("192", "any"), _icon("512", "any"), _icon("maskable-512", "maskable")],
        "shortcuts": [
            _shortcut(_("Agenda"), "reader:agenda", language),
            _shortcut(_("My places"), "reader:choose", language),
        ],
    }
    response = HttpResponse(json.dumps(body, ensure_ascii=False), content_type="application/manifest+json")
    return public(response, on=[versions.of_platform(platform)])


@at_the_edge()
def icon(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the platform's icon as a PNG; `name` is one of `icons.SIZES`."""
    if name not in icons.SIZES:
        raise NotFound(_("There is no such picture."))
    platform = platform_of(request)
    response = HttpResponse(icons.draw(platform, name), content_type="image/png")
    response["Cache-Control"] = _A_DAY
    return public(response, on=[versions.of_platform(platform)])


@at_the_edge()
def worker(request: HttpRequest) -> HttpResponse:
    """Answer with the service worker: `worker.js` after a line that says what it works for.

    Its bytes change with the program's files, so that browsers notice a new version.
    """
    platform = platform_of(request)
    app = {
        "platform": platform.slug,
        "name": platform.name,
        "prefix": get_script_prefix(),
        "build": build(),
        "statics": settings.STATIC_URL,
        "shell": [_theme(platform), *_logo(platform), *(static(name) for name in shell())],
        # With another logo it is another worker: it keeps that one.
        "logo": platform.logo.name or "",
        "offline": {language: reverse("reader:offline", args=[language]) for language in platform.languages},
        "reserved": sorted(RESERVED.difference(LANGUAGES)),
    }
    source = f"const APP = {json.dumps(app)};\n{_WORKER.read_text(encoding='utf-8')}"
    response = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = get_script_prefix()
    return public(response, on=[versions.of_platform(platform)])


@at_the_edge()
def offline(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Show what the app shows without a connection, where it has kept nothing."""
    platform = platform_of(request)
    response = framing.page(
        request, "reader/app/offline.html", platform=platform, fictional=False, context={}, indexed=False
    )
    return public(response, on=[versions.of_platform(platform)])


@at_the_edge()
def places(request: HttpRequest, language: str) -> HttpResponse:
    """Answer with the communes of a platform, each with the communities there: what the first run looks things up in.

    The device searches it by itself: what somebody types and where they are is not sent.
    """
    platform = platform_of(request)
    shown = communities_of(platform)
    body = {
        "language": language,
        "communes": [_commune(commune, here, language) for commune, here in _by_commune(shown)],
        "communities": [{"slug": one.slug, "kind": one.kind, "name": one.name_in(language)} for one in shown],
        "topics": [{"slug": topic.slug, "name": localised(topic.names, language)} for topic in topics()],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    return public(response, on=[versions.of_platform(platform), *map(versions.of_community, shown)])


@cache
def shell() -> tuple[str, ...]:
    """Return the static files that residents' pages need, by name."""
    own = sorted(path for path in _SCRIPTS.glob("*.*s") if path != _WORKER)
    return ("screens/perron.css", *(f"reader/{path.name}" for path in own))


@cache
def build() -> str:
    """Return the version of the program's files: the same in every process, another when one of them changes."""
    digest = hashlib.sha256(settings.PERRON_BUILD.encode())
    digest.update(_WORKER.read_bytes())
    for name in shell():
        digest.update(static(name).encode())
        digest.update(Path(finders.find(name) or "").read_bytes())
    return digest.hexdigest()[:12]


def _theme(platform: Platform) -> str:
    return reverse("reader:theme", args=[platform.colour.removeprefix("#")])


def _logo(platform: Platform) -> list[str]:
    """The picture in the masthead, where there is one: else it would be missing without a connection."""
    return [reverse("reader:icon", args=["192"])] if platform.logo else []


def _icon(name: str, purpose: str) -> dict[str, str]:
    side = icons.SIZES[name][0]
    address = reverse("reader:icon", args=[name])
    return {"src": address, "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}


def _shortcut(name: str, route: str, language: str) -> dict[str, Any]:
    return {"name": name, "url": reverse(route, args=[language]), "icons": [_icon("192", "any")]}


def _by_commune(shown: list[Community]) -> list[tuple[Commune, list[Community]]]:
    """Return the communes where these communities are, in the communities' order, each with those there."""
    found: dict[str, tuple[Commune, list[Community]]] = {}
    for community in shown:
        if commune := communes.by_nis(community.commune_nis):
            found.setdefault(commune.nis, (commune, []))[1].append(community)
    return list(found.values())


def _commune(commune: Commune, here: list[Community], language: str) -> dict[str, Any]:
    """Return what the device needs of a commune: every name it is known by, those of merged communes too."""
    known_as = [commune, *(merged for merged in communes.merged() if merged.successor == commune.nis)]
    return {
        "nis": commune.nis,
        "name": commune.name_in(language),
        "names": list(dict.fromkeys(name for one in known_as for name in (*one.names.values(), *one.also))),
        "postal_codes": list(dict.fromkeys(code for one in known_as for code in one.postal_codes)),
        "point": [commune.latitude, commune.longitude],
        "communities": [community.slug for community in here],
    }
