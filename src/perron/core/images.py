"""What is taken as a picture, and what is made of it.

A picture is JPEG, PNG or WebP by its content, whatever its name. It is measured before it is decoded, turned
upright, converted to sRGB, and written anew: nothing but pixels survives, so neither EXIF (with the position of
the photographer's home) nor anything that was hidden in the file.
"""

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from perron.core.errors import PerronError, Refused, TooLarge

WIDTHS = (320, 640, 960, 1280, 1920)
MOST_BYTES = 25_000_000
# What a telephone of 50 megapixels takes: 8192 × 6144.
MOST_PIXELS = 8192 * 6144
MOST_SIDE = 16_000  # A WebP ends at 16383.
LOGO_SIDE = 512
PORTRAIT_SIDE = 320

_QUALITY = 80
_FORMATS = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's decoders raise for files that are broken, on purpose or not.
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, OverflowError,
           MemoryError, ZeroDivisionError, struct.error, zlib.error, Image.DecompressionBombError)  # fmt: skip
# One picture at a time, so that a process never holds two decoded giants.
_decoding = Lock()


@dataclass(frozen=True)
class Rendered:
    """A picture as it is kept: WebP bytes by width in pixels, the size of the widest, the mean colour "#rrggbb"."""

    width: int
    height: int
    tone: str
    renditions: dict[int, bytes]


def render(file: IO[bytes]) -> Rendered:
    """Return the renditions of an uploaded picture, in those of `WIDTHS` that it fills; never enlarged.

    Raises `Refused` or `TooLarge` with the sentence to show.
    """
    with _decoded(file, reach=WIDTHS[-1]) as picture:
        ground = _on_white(picture)
        renditions = {width: _scaled(ground, width) for width in _widths(ground.width)}
        widest = renditions[max(renditions)]
        red, green, blue = _colour(ground.resize((1, 1), Image.Resampling.BOX))
        return Rendered(
            width=widest.width,
            height=widest.height,
            tone=f"#{red:02x}{green:02x}{blue:02x}",
            renditions={width: _webp(scaled) for width, scaled in renditions.items()},
        )


def square_png(file: IO[bytes]) -> bytes:
    """Return a logo as a PNG of 512 × 512 pixels: centred, transparent around it, never enlarged.

    A logo fills at least 512 pixels on its longer side, which is what an installed app's icon needs.
    Raises `Refused` or `TooLarge` with the sentence to show.
    """
    with _decoded(file, reach=LOGO_SIDE) as picture:
        if max(picture.size) < LOGO_SIDE:
            raise Refused(
                _("This logo has %(width)d × %(height)d pixels. Its longer side needs at least %(least)d.")
                % {"width": picture.width, "height": picture.height, "least": LOGO_SIDE}
            )
        logo = picture.convert("RGBA")
        logo.thumbnail((LOGO_SIDE, LOGO_SIDE), Image.Resampling.LANCZOS)
        ground = Image.new("RGBA", (LOGO_SIDE, LOGO_SIDE), (255, 255, 255, 0))
        ground.paste(logo, ((LOGO_SIDE - logo.width) // 2, (LOGO_SIDE - logo.height) // 2))
        target = BytesIO()
        ground.save(target, "PNG", optimize=True)
        return target.getvalue()


def portrait(file: IO[bytes]) -> bytes:
    """Return somebody's photo as a WebP of 320 × 320 pixels, cut from its middle.

    Raises `Refused` or `TooLarge` with the sentence to show.
    """
    with _decoded(file, reach=PORTRAIT_SIDE) as picture:
        size = (PORTRAIT_SIDE, PORTRAIT_SIDE)
        return _webp(ImageOps.fit(_on_white(picture), size, Image.Resampling.LANCZOS))


def check_rendition(data: bytes, kind: str, *, width: int) -> None:
    """Raise `Refused` unless `data` is a whole picture of that kind ("WEBP", "PNG") and width."""
    with _decoded(BytesIO(data), reach=width) as picture:
        decoded = picture.size
    if Image.open(BytesIO(data), formats=_FORMATS).format != kind or decoded[0] != width:
        raise Refused(_("This picture is damaged or cut off. Save it again and choose the new file."))


@contextmanager
def _decoded(file: IO[bytes], *, reach: int) -> Iterator[Image.Image]:
    """Yield the picture upright, in sRGB (mode RGB or RGBA), at least `reach` pixels wide and high if it was."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge(_("This picture is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    if not data:
        raise Refused(_("This file is empty."))
    with _decoding, warnings.catch_warnings():
        # Pillow warns of oddities in metadata that is thrown away.
        warnings.simplefilter("ignore")
        try:
            picture = _upright(_opened(data), reach)
        except PerronError:
            raise
        except _BROKEN as error:
            raise Refused(_("This picture is damaged or cut off. Save it again and choose the new file.")) from error
        yield picture


def _opened(data: bytes) -> Image.Image:
    """Read the header only: what it is and how large it would become."""
    try:
        picture = Image.open(BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        raise Refused(_what_it_is(data)) from error
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise _too_many_pixels()
    if max(width, height) > MOST_SIDE:
        raise TooLarge(_("This picture is more than %(most)d pixels wide or high.") % {"most": MOST_SIDE})
    return picture


def _upright(picture: Image.Image, reach: int) -> Image.Image:
    turn = _UPRIGHT.get(_orientation(picture))
    profile = picture.info.get("icc_profile")
    # A JPEG is decoded at a half, a quarter or an eighth of its size where that is enough.
    picture.draft(None, (reach, reach))
    picture.load()
    shown = _srgb(_shrunk(_eight_bits(picture), reach), profile)
    shown = shown.transpose(turn) if turn is not None else shown.copy()
    shown.info = {}
    return shown


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except _BROKEN:
        return 1


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Return the picture in a mode that can be scaled: L, LA, RGB, RGBA or CMYK."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        return picture if picture.mode in {"RGBA", "LA"} else picture.convert("RGBA")
    return picture if picture.mode in {"L", "RGB", "CMYK"} else picture.convert("RGB")


def _shrunk(picture: Image.Image, reach: int) -> Image.Image:
    """Return it at an integer fraction of its size before colours are worked on, for memory's sake."""
    factor = min(picture.size) // (2 * reach)
    return picture.reduce(factor) if factor > 1 else picture


def _srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    mode = "RGBA" if picture.mode in {"RGBA", "LA"} else "RGB"
    if profile and picture.mode != "LA":
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            converted = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
            if converted is not None:
                return converted
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # A profile that does not fit the picture says nothing about its colours.
    return picture.convert(mode)


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, (255, 255, 255))
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _widths(width: int) -> list[int]:
    """Return which widths to make; a picture between two of them also keeps its own, if it gains by it."""
    widths = [step for step in WIDTHS if step <= width]
    own = min(width, WIDTHS[-1])
    if not widths or own > widths[-1] * 1.1:
        widths.append(own)
    return widths


def _scaled(picture: Image.Image, width: int) -> Image.Image:
    if picture.width == width:
        return picture
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _webp(picture: Image.Image) -> bytes:
    target = BytesIO()
    picture.save(target, "WEBP", quality=_QUALITY, method=4)
    return target.getvalue()


def _colour(pixel: Image.Image) -> tuple[int, int, int]:
    red, green, blue = pixel.tobytes()
    return red, green, blue


def _too_many_pixels() -> TooLarge:
    return TooLarge(
        _("This picture has more than %(most)d million pixels. Make it smaller and choose it again.")
        % {"most": MOST_PIXELS // 1_000_000}
    )


def _what_it_is(data: bytes) -> str:
    """Return the sentence for a file that is none of the three."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in head:
        return _("An SVG drawing can hold programs. Save it as a PNG and choose that.")
    if data[4:8] == b"ftyp":
        return _("This is a HEIF or AVIF picture. Save it as a JPEG and choose that.")
    if head.startswith((b"gif8", b"bm", b"ii*\0", b"mm\0*")):
        return _("This is a GIF, BMP or TIFF picture. Save it as a JPEG, PNG or WebP and choose that.")
    return _("This file is no picture. Choose a JPEG, PNG or WebP.")
