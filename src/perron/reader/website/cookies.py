"""What the program stores or reads on a device: each thing, why, and for how long (directive 2002/58 art. 5(3))."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.communities.models import Platform
from perron.privacy import gate
from perron.privacy.declaring import Words
from perron.reader import framing
from perron.reader.public import at_the_edge, public

COOKIE = "cookie"
_SORTS: dict[str, Words] = {
    COOKIE: _("Cookie"),
    "localstorage": _("Local storage"),
    "sessionstorage": _("Session storage"),
    "indexeddb": _("Database of the browser"),
    "cachestorage": _("Cache of the app"),
    "serviceworker": _("Service worker"),
    "push": _("Push subscription"),
}


@dataclass(frozen=True)
class OnDevice:
    """One thing on a device: its sort, what browsers call it, why it is there and for how long."""

    sort: str
    name: str
    why: Words
    kept: Words

    @property
    def sort_words(self) -> Words:
        """What the sort is called."""
        return _SORTS.get(self.sort, self.sort)


@at_the_edge()
def cookies(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """List what every package declares that it keeps on a device, cookies apart from what the app keeps."""
    platform = platform_of(request)
    found = list(on_devices(platform))
    context = {
        "cookies": [one for one in found if one.sort == COOKIE],
        "kept": [one for one in found if one.sort != COOKIE],
    }
    response = framing.page(request, "reader/website/cookies.html", platform=platform, fictional=False, context=context)
    return public(response, on=[versions.of_platform(platform)])


def on_devices(platform: Platform) -> Iterator[OnDevice]:
    """Yield everything that is declared to lie on a reader's device, as it is called on this platform."""
    own = {"session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME}
    here = {"{platform}": platform.slug, "{build}": "…", "{root}": get_script_prefix()}
    for store in gate.stores():
        if store.kind == "device":
            sort, _colon, name = store.name.partition(":")
            for word, value in here.items():
                name = name.replace(word, value)
            yield OnDevice(sort, own.get(name, name) if sort == COOKIE else name, store.why, store.kept)
