"""Colours of a platform: one brand colour, checked for contrast (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from math import floor

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_HEX = re.compile(r"#[0-9a-f]{6}")
# Text in the brand colour stands on these grounds of the light theme; white text stands on the brand colour.
_WHITE = "#ffffff"
_MINIMUM = 4.5


def validate_brand_colour(colour: str) -> None:
    """Refuse a colour on which white text, or which as text on white, would be hard to read (under 4.5:1)."""
    if not _HEX.fullmatch(colour):
        raise ValidationError(_("Write a colour as # and six digits or letters a to f, for example #7a1f2b."))
    if (ratio := contrast(colour, _WHITE)) < _MINIMUM:
        raise ValidationError(
            _("White text on this colour has a contrast of %(ratio).1f to 1, under 4.5. Choose a darker colour."),
            params={"ratio": shown(ratio)},
        )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def shown(ratio: float) -> float:
    """Return `ratio` with one decimal, cut off: 4.48 is under 4.5 and must not look like it."""
    return floor(ratio * 10) / 10


def tint(colour: str, towards: str, share: float) -> str:
    """Return `colour` mixed with `share` (0 to 1) of `towards`, in sRGB."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(colour), _channels(towards), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def readable_on(ground: str, colour: str) -> str:
    """Return `colour`, lightened or darkened just enough to be text on `ground` (4.5:1)."""
    goal = "#ffffff" if _luminance(ground) < 0.18 else "#000000"
    for step in range(21):
        candidate = tint(colour, goal, step / 20)
        if contrast(candidate, ground) >= _MINIMUM:
            return candidate
    return goal


def _luminance(colour: str) -> float:
    def linear(channel: int) -> float:
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = map(linear, _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
