"""The platform's colour as a stylesheet: inline styles are not allowed, and the address names the colour."""

from functools import partial
from typing import Any

from django.core.exceptions import DisallowedHost, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from perron.communities.colours import readable_on, tint, validate_brand_colour
from perron.communities.hosting import platform_of
from perron.communities.models import Platform
from perron.core.errors import NotFound
from perron.reader.public import at_the_edge, public

# The grounds of perron.css, light and dark.
PAPER, _NIGHT, _SHEET_AT_NIGHT = "#fbfaf7", "#151412", "#1f1d1a"


@at_the_edge()
def theme(request: HttpRequest, colour: str) -> HttpResponse:  # noqa: ARG001 a view
    """Answer with the custom properties of one brand colour, readable on both grounds."""
    brand = f"#{colour}"
    try:
        validate_brand_colour(brand)
    except ValidationError as error:
        raise NotFound(_("There is no such colour.")) from error
    soft, soft_at_night = tint(brand, PAPER, 0.9), tint(brand, _NIGHT, 0.75)
    light = {"brand": brand, "brand-text": readable_on(soft, readable_on(PAPER, brand)), "brand-soft": soft}
    # At night the sheet is lighter than the paper: what is readable on it is readable on both.
    text_at_night = readable_on(soft_at_night, readable_on(_SHEET_AT_NIGHT, brand))
    dark = {"brand-text": text_at_night, "brand-soft": soft_at_night}
    css = f":root{{{_properties(light)}}}@media(prefers-color-scheme:dark){{:root{{{_properties(dark)}}}}}"
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    # Not for ever: the address names the colour, not the rules by which the others are made from it.
    response["Cache-Control"] = "public, max-age=86400"
    return public(response, on=[])


def of_platform(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `brand`, the platform of the request, for the page that says that there is nothing here.

    Looked up only when a template asks for it; None where the address is no platform's.
    """
    return {"brand": SimpleLazyObject(partial(_brand, request))}


def _brand(request: HttpRequest) -> Platform | None:
    try:
        return platform_of(request)
    except (NotFound, DisallowedHost):
        return None


def _properties(values: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())
