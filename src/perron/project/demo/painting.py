"""A small paint box for flat pictures: shapes in a 1280 × 800 field, drawn twice as large and scaled down."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 800
_SCALE = 2

type Point = tuple[float, float]


@dataclass(frozen=True)
class Palette:
    """Eight colours that go together: from pale to dark, then the ones that catch the eye."""

    pale: str
    far: str
    mid: str
    deep: str
    ink: str
    warm: str
    sun: str
    red: str


PALETTES = (
    Palette("#f5ecdc", "#cbd8d3", "#84a8a8", "#2f6270", "#16323c", "#dd6b45", "#f2b84f", "#a8202f"),
    Palette("#eef1e4", "#c6d5bb", "#86a97f", "#37694d", "#17372a", "#dd8f4c", "#f3cb72", "#b4452f"),
    Palette("#f6ede9", "#d8c9da", "#9d8aba", "#5b3a8c", "#2b1e47", "#e57a63", "#f5c163", "#b0304f"),
    Palette("#f8eed8", "#e3d1a6", "#c0a765", "#7c6532", "#392e17", "#cf6034", "#f0b743", "#8f2f25"),
    Palette("#eef2f5", "#c3d3e0", "#7f9fbd", "#2d5480", "#13294a", "#e8825a", "#f6c667", "#b5384a"),
)


class Canvas:
    """Something to draw on. Colours are `#rrggbb`; `random` gives the same every time for the same seed."""

    def __init__(self, palette: Palette, seed: str) -> None:
        self.palette = palette
        self.random = Random(seed)  # noqa: S311 nothing secret depends on a picture
        self._image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), palette.pale)
        self._draw = ImageDraw.Draw(self._image)

    def fade(self, top: str, bottom: str, until: float = HEIGHT) -> None:
        """Fill from the upper edge down to `until`, one colour passing into the other."""
        column = Image.new("RGB", (1, 2))
        column.putpixel((0, 0), _channels(top))
        column.putpixel((0, 1), _channels(bottom))
        size = (WIDTH * _SCALE, int(until * _SCALE))
        self._image.paste(column.resize(size, Image.Resampling.BILINEAR, box=(0, 0.5, 1, 1.5)), (0, 0))

    def box(self, x: float, y: float, width: float, height: float, colour: str, radius: float = 0) -> None:  # noqa: PLR0917 places and sizes, as in every drawing library
        """Fill a rectangle; `radius` rounds its corners."""
        corners = tuple(round(value * _SCALE) for value in (x, y, x + width, y + height))
        self._draw.rounded_rectangle(corners, round(radius * _SCALE), fill=colour)

    def shape(self, points: Iterable[Point], colour: str) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str, squeeze: float = 1) -> None:
        """Fill a circle around (x, y), or an ellipse that is `squeeze` times as high as wide."""
        self._draw.ellipse(self._around(x, y, radius, squeeze), fill=colour)

    def ring(self, x: float, y: float, radius: float, width: float, colour: str, squeeze: float = 1) -> None:  # noqa: PLR0917 places and sizes, as in every drawing library
        """Draw a circle's line, `width` thick."""
        self._draw.ellipse(self._around(x, y, radius, squeeze), outline=colour, width=round(width * _SCALE))

    def slice(self, x: float, y: float, radius: float, start: float, end: float, colour: str) -> None:  # noqa: PLR0917 places and sizes, as in every drawing library
        """Fill a sector, from `start` to `end` degrees, clockwise from three o'clock."""
        self._draw.pieslice(self._around(x, y, radius, 1), start, end, fill=colour)

    def line(self, points: Sequence[Point], width: float, colour: str) -> None:
        """Draw a line with round ends."""
        scaled = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * _SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def ridge(self, y: float, height: float, colour: str, waves: float = 2, shift: float = 0) -> None:
        """Fill everything below a soft line of hills around `y`."""

        def crest(x: float) -> float:
            turn = x / WIDTH * waves
            return y - height * (sin(turn * 2 * pi + shift) * 0.6 + sin(turn * 3.7 + shift * 2) * 0.4)

        line = [(x, crest(x)) for x in range(0, WIDTH + 9, 8)]
        self.shape([*line, (WIDTH, HEIGHT), (0, HEIGHT)], colour)

    def around(self, x: float, y: float, radius: float, degrees: float) -> Point:
        """Return the point of a circle at `degrees`, clockwise from three o'clock."""
        return x + radius * cos(degrees * pi / 180), y + radius * sin(degrees * pi / 180)

    def jpeg(self) -> bytes:
        """Return the picture, scaled down, as a JPEG of high quality."""
        target = BytesIO()
        self._image.reduce(_SCALE).save(target, "JPEG", quality=93, subsampling=0)
        return target.getvalue()

    @staticmethod
    def _around(x: float, y: float, radius: float, squeeze: float) -> tuple[float, float, float, float]:
        high = radius * squeeze
        return (x - radius) * _SCALE, (y - high) * _SCALE, (x + radius) * _SCALE, (y + high) * _SCALE


def blend(one: str, other: str, share: float) -> str:
    """Return `one` mixed with `share` (0 to 1) of `other`."""
    mixed = (round(a + (b - a) * share) for a, b in zip(_channels(one), _channels(other), strict=True))
    return "#" + "".join(f"{channel:02x}" for channel in mixed)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
