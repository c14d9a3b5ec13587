"""Pictures of numbers, drawn on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django import template

register = template.Library()

_WIDTH, _GAP, _HEIGHT = 10, 2, 100


@dataclass(frozen=True)
class Bar:
    """One bar, in the units of the drawing; every number above nothing is at least a line."""

    x: int
    y: int
    height: int


@register.inclusion_tag("screens/bars.html")
def bars(steps: Sequence[tuple[date, int]], name: str) -> dict[str, object]:
    """`{% bars reach.steps name %}`: bars from left to right, scaled to the highest. The table stands beside it."""
    highest = max((number for _, number in steps), default=0)
    heights = [max(number * _HEIGHT // highest, 1) if number else 0 for _, number in steps] if highest else []
    drawn = [Bar(place * (_WIDTH + _GAP), _HEIGHT - height, height) for place, height in enumerate(heights)]
    return {
        "bars": drawn,
        "name": name,
        "highest": highest,
        "width": max(len(steps) * (_WIDTH + _GAP) - _GAP, 1),
        "height": _HEIGHT,
        "bar": _WIDTH,
        "first": steps[0][0] if steps else None,
        "last": steps[-1][0] if steps else None,
    }
