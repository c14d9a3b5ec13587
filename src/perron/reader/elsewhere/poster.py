"""A poster for the counter and the school gate: the community's name, and a code that opens its page."""

from collections.abc import Callable

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.hosting import address_of, home, platform_of
from perron.communities.models import Community, Platform
from perron.reader.elsewhere.drawing import HEIGHT, WIDTH, Box, Line, Sheet, as_pdf, as_svg, fitted, modules
from perron.reader.elsewhere.leading import leading_to
from perron.reader.finding import community_here
from perron.reader.public import View, at_the_edge, public

_INK, _SOFT, _PAPER, _WHITE = "#1c1a17", "#5d5850", "#fbfaf7", "#ffffff"
# The column is at the left, as in the app; what is said hangs from it.
_MARGIN, _STEM = 18.0, 9.0
_TEXT = _MARGIN + _STEM + 12
_ROOM = WIDTH - _TEXT - _MARGIN
# On the steps, a code as large as a hand: read from two metres.
_CODE = 66.0
_FOOT = HEIGHT - 42

bare_svg = leading_to("poster.svg")
bare_pdf = leading_to("poster.pdf")


def _poster(write: Callable[[Sheet], str | bytes], media_type: str, ending: str) -> View:
    @at_the_edge()
    def view(request: HttpRequest, language: str, community: str) -> HttpResponse:
        platform = platform_of(request)
        found = community_here(community, platform)
        response = HttpResponse(write(sheet(found, platform, language)), content_type=media_type)
        response["Content-Disposition"] = f'inline; filename="{found.slug}-{language}.{ending}"'
        response["X-Robots-Tag"] = "noindex"
        return public(response, on=[versions.of_platform(platform), versions.of_community(found)])

    return view


svg = _poster(as_svg, "image/svg+xml", "svg")
pdf = _poster(as_pdf, "application/pdf", "pdf")


def sheet(community: Community, platform: Platform, language: str) -> Sheet:
    """Return the poster of a community on a platform, in a language."""
    name = community.name_in(language)
    address = f"{address_of(home(community) or platform)}/{language}/{community.slug}/"
    shapes: list[Box | Line] = [Box(0, 0, WIDTH, HEIGHT, _PAPER), *_perron(platform)]
    y = 64.0
    for text, font, most, size, colour, gap in (
        (_kind(community), "Helvetica-Bold", 1, 6.0, platform.colour, 4.0),
        (name, "Times-Bold", 2, 22.0, _INK, 8.0),
        (_("What happens here, on your telephone."), "Helvetica", 2, 9.0, _INK, 4.0),
        (_("News, events, works and alerts. No account, and nobody follows you."), "Helvetica", 2, 6.5, _SOFT, 0.0),
    ):
        y = _write(shapes, text, font, y, size=size, most=most, colour=colour) + gap
    top = _FOOT - 12 - _CODE
    shapes += [Box(_TEXT - 4, top - 4, _CODE + 8, _CODE + 8, _WHITE)]
    shapes += modules(segno.make(address, error="q", micro=False).matrix, _TEXT, top, _CODE, _INK)
    beside = _TEXT + _CODE + 12
    size, lines = fitted(
        _("Point your camera here."), "Helvetica-Bold", WIDTH - _MARGIN - beside, size=7.5, most_lines=4
    )
    shapes += [
        Line(beside, top + size + number * size * 1.2, size, "Helvetica-Bold", line, _INK)
        for number, line in enumerate(lines)
    ]
    size, _lines = fitted(address, "Helvetica-Bold", WIDTH - 2 * _MARGIN, size=6.0, most_lines=1)
    shapes.append(Line(_MARGIN, HEIGHT - 12, size, "Helvetica-Bold", address, _WHITE))
    if community.fictional:
        shapes.append(Line(_TEXT, 58, 5, "Helvetica-Bold", _("Demonstration: everything here is made up"), "#7a4b00"))
    return Sheet(f"{name} · {platform.name}", language, tuple(shapes))


def _perron(platform: Platform) -> list[Box | Line]:
    """The column on its steps, with the platform's initial on top and its name beside."""
    initial = platform.name.strip()[:1].upper() or "P"
    size, lines = fitted(platform.name, "Times-Bold", _ROOM - 14, size=11, most_lines=1)
    return [
        Box(_MARGIN, 18, 28, 28, platform.colour),
        Line(_MARGIN + 9, 39, 20, "Times-Bold", initial, _WHITE),
        Line(_MARGIN + 36, 36, size, "Times-Bold", lines[0], _INK),
        Box(_MARGIN, 46, _STEM, _FOOT - 46, platform.colour),
        Box(0, _FOOT, WIDTH * 0.38, 6, platform.colour),
        Box(0, _FOOT + 6, WIDTH * 0.69, 6, platform.colour),
        Box(0, _FOOT + 12, WIDTH, HEIGHT - _FOOT - 12, platform.colour),
    ]


def _kind(community: Community) -> str:
    place = " ".join(filter(None, [community.postal_code, community.locality]))
    return f"{community.get_kind_display()} · {place}" if place else str(community.get_kind_display())


def _write(shapes: list[Box | Line], text: str, font: str, y: float, *, size: float, most: int, colour: str) -> float:
    """Write `text` with its first line's top at `y`; return where the next may begin."""
    size, lines = fitted(text, font, _ROOM, size=size, most_lines=most)
    for line in lines:
        y += size
        shapes.append(Line(_TEXT, y, size, font, line, colour))
        y += size * 0.18
    return y
