"""The demo's pictures, painted when they are needed."""

from collections.abc import Callable
from zlib import crc32

from perron.project.demo import indoors, outdoors
from perron.project.demo.painting import PALETTES, Canvas

SCENES: dict[str, Callable[[Canvas], None]] = {
    scene.__name__: scene
    for scene in (
        outdoors.townscape,
        outdoors.river,
        outdoors.hills,
        outdoors.park,
        outdoors.market,
        outdoors.night,
        outdoors.bunting,
        outdoors.bicycle,
        outdoors.roadworks,
        indoors.library,
        indoors.concert,
        indoors.school,
        indoors.bakery,
        indoors.water,
        indoors.swim,
        indoors.council,
        indoors.track,
    )
}


# Water is blue whoever paints it.
_BLUE = (PALETTES[0], PALETTES[4])
_WET = {"river", "water", "swim"}


def paint(scene: str, *, seed: str) -> bytes:
    """Return a scene as a JPEG of 1280 × 800 pixels; each community (`seed`) has its own colours."""
    palettes = _BLUE if scene in _WET else PALETTES
    canvas = Canvas(palettes[crc32(seed.encode()) % len(palettes)], f"{seed}/{scene}")
    SCENES[scene](canvas)
    return canvas.jpeg()
