"""Pages that the device fills by itself: the server sends the same to everybody and is told nothing."""

from django.http import HttpRequest, HttpResponse

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.reader import framing
from perron.reader.public import at_the_edge, public


@at_the_edge()
def saved(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Show what the device has saved."""
    return _empty(request, "reader/saved.html", tab="saved")


@at_the_edge()
def move(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Give the device's choice away, or take over what a link carries: in its fragment, which is never sent."""
    return _empty(request, "reader/move.html", tab="choose")


def _empty(request: HttpRequest, template: str, *, tab: str) -> HttpResponse:
    platform = platform_of(request)
    response = framing.page(request, template, platform=platform, fictional=False, indexed=False, context={"tab": tab})
    return public(response, on=[versions.of_platform(platform)])
