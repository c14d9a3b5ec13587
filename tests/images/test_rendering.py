import resource
import sys
import tracemalloc
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageCms

from perron.core.errors import Refused, TooLarge
from perron.core.images import LOGO_SIDE, MOST_BYTES, Rendered, render, square_png
from tests.images.pictures import BLUE, GREEN, RED, encoded, halves, near, png_header


def opened(rendered: Rendered, width: int | None = None) -> Image.Image:
    picture = Image.open(BytesIO(rendered.renditions[width or max(rendered.renditions)]))
    picture.load()
    return picture


def pixel(picture: Image.Image, x: float, y: float) -> tuple[int, ...]:
    found = picture.getpixel((int(picture.width * x), int(picture.height * y)))
    assert isinstance(found, tuple)
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_every_format_becomes_webp_in_all_the_widths_it_fills(kind: str) -> None:
    rendered = render(encoded(halves(1300, 650), kind))
    assert sorted(rendered.renditions) == [320, 640, 960, 1280]
    assert (rendered.width, rendered.height) == (1280, 640)
    for width in rendered.renditions:
        shown = opened(rendered, width)
        assert (shown.format, shown.size) == ("WEBP", (width, width // 2))
        assert near(pixel(shown, 0.1, 0.5), RED)
        assert near(pixel(shown, 0.9, 0.5), BLUE)


@pytest.mark.parametrize(("width", "widths"), [(1, [1]), (200, [200]), (320, [320]), (340, [320]), (500, [320, 500]),
                                               (1919, [320, 640, 960, 1280, 1919]),
                                               (5000, [320, 640, 960, 1280, 1920])])  # fmt: skip
def test_no_picture_is_enlarged(width: int, widths: list[int]) -> None:
    rendered = render(encoded(halves(width, 100)))
    assert sorted(rendered.renditions) == widths
    assert rendered.width == widths[-1]


def test_the_mean_colour_is_known_before_the_picture_is_there() -> None:
    assert render(encoded(Image.new("RGB", (400, 300), GREEN), "PNG")).tone == "#14a03c"


def test_where_and_with_what_it_was_taken_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[2] = (50.0, 38.0, 0.0)
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>home address</x:xmpmeta>"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = encoded(halves(), exif=exif, xmp=xmp, icc_profile=profile, comment=b"my secret")
    assert all(trace in file.getvalue() for trace in (b"somebody", b"home address", b"my secret"))
    rendered = render(file)
    for data in rendered.renditions.values():
        assert not any(
            trace in data for trace in (b"somebody", b"home address", b"my secret", b"EXIF", b"XMP ", b"ICCP")
        )
        assert not Image.open(BytesIO(data)).getexif()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_taken_on_its_side_stands_upright(orientation: int) -> None:
    upright = Image.new("RGB", (1000, 600), RED)
    upright.paste(BLUE, (500, 0, 1000, 600))
    upright.paste(GREEN, (0, 0, 300, 200))
    transpose = Image.Transpose
    inverse = {2: transpose.FLIP_LEFT_RIGHT, 3: transpose.ROTATE_180, 4: transpose.FLIP_TOP_BOTTOM,
               5: transpose.TRANSPOSE, 6: transpose.ROTATE_90, 7: transpose.TRANSVERSE,
               8: transpose.ROTATE_270}  # fmt: skip
    stored = upright.transpose(inverse[orientation]) if orientation in inverse else upright
    exif = Image.Exif()
    exif[0x0112] = orientation
    shown = opened(render(encoded(stored, exif=exif)))
    assert shown.size == (960, 576)
    assert near(pixel(shown, 0.1, 0.1), GREEN)
    assert near(pixel(shown, 0.1, 0.8), RED)
    assert near(pixel(shown, 0.9, 0.8), BLUE)


def test_colours_of_another_colour_space_are_converted() -> None:
    """A profile that swaps nothing but says the values are linear light must make mid grey lighter."""
    linear = _linear_profile()
    shown = opened(render(encoded(Image.new("RGB", (400, 300), (128, 128, 128)), icc_profile=linear)))
    assert near(pixel(shown, 0.5, 0.5), (188, 188, 188), by=4)


def _linear_profile() -> bytes:
    """Return sRGB's profile with its tone curves replaced by straight lines."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for index in range(int.from_bytes(data[128:132])):
        entry = 132 + 12 * index
        if bytes(data[entry : entry + 4]) in {b"rTRC", b"gTRC", b"bTRC"}:
            place = int.from_bytes(data[entry + 4 : entry + 8])
            data[place : place + 12] = b"curv" + bytes(8)
            data[entry + 8 : entry + 12] = (12).to_bytes(4)
    return bytes(data)


def test_a_profile_that_does_not_fit_is_ignored() -> None:
    assert near(pixel(opened(render(encoded(halves(), icc_profile=b"not a profile"))), 0.1, 0.5), RED)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK"])
def test_unusual_ways_to_write_colours_are_understood(mode: str) -> None:
    original = halves(800, 400).quantize(8) if mode == "P" else halves(800, 400).convert(mode)
    shown = opened(render(encoded(original, "JPEG" if mode == "CMYK" else "PNG")))
    for x in (0.1, 0.9):
        red, green, blue = pixel(original.convert("RGB"), x, 0.5)
        assert near(pixel(shown, x, 0.5), (red, green, blue)) or mode == "1"
    assert shown.mode == "RGB"


def test_sixteen_bits_of_grey_keep_their_brightness() -> None:
    grey = Image.new("I;16", (640, 400), 0x8000)
    assert near(pixel(opened(render(encoded(grey, "PNG"))), 0.5, 0.5), (128, 128, 128), by=2)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_becomes_white(mode: str) -> None:
    picture = Image.new("RGBA", (640, 400), (0, 0, 0, 0))
    picture.paste((0, 0, 0, 255), (320, 0, 640, 400))
    options: dict[str, Any] = {}
    if mode == "P":
        picture = picture.quantize(4)
    shown = opened(render(encoded(picture if mode == "P" else picture.convert(mode), "PNG", **options)))
    assert near(pixel(shown, 0.1, 0.5), (255, 255, 255), by=3)
    assert near(pixel(shown, 0.9, 0.5), (0, 0, 0), by=3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_is_kept(kind: str) -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in (RED, GREEN, BLUE)]
    rendered = render(encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=50))
    shown = opened(rendered)
    assert getattr(shown, "n_frames", 1) == 1
    assert near(pixel(shown, 0.5, 0.5), RED)


def test_what_was_hidden_behind_a_picture_is_gone() -> None:
    for tail in (b"<html><script>alert(1)</script>", b"PK\x03\x04" + b"x" * 100):
        rendered = render(BytesIO(encoded(halves()).getvalue() + tail))
        assert not any(tail[:8] in data for data in rendered.renditions.values())


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1)])
def test_a_line_of_pixels_is_a_picture_too(size: tuple[int, int]) -> None:
    assert min(opened(render(encoded(Image.new("RGB", size, RED), "PNG"))).size) == 1


REFUSALS = {
    "empty": (b"", "empty"),
    "text": (b"hello", "no picture"),
    "html named jpg": (b"<html><body>" + b"\xff\xd8\xff" * 20, "no picture"),
    "svg": (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG"),
    "gif": (encoded(halves(), "GIF").getvalue(), "GIF"),
    "tiff": (encoded(halves(), "TIFF").getvalue(), "TIFF"),
    "heif": (b"\0\0\0\x18ftypheic" + bytes(40), "HEIF"),
    "cut jpeg": (encoded(halves()).getvalue()[:3000], "damaged"),
    "cut png": (encoded(halves(), "PNG").getvalue()[:900], "damaged"),
    "cut webp": (encoded(halves(), "WEBP").getvalue()[:200], "damaged|no picture"),
    "header alone": (b"\xff\xd8\xff\xe0", "damaged|no picture"),
    "30k by 30k": (png_header(30_000, 30_000), "pixels"),
    "a thin giant": (png_header(2, 60_000), "wide or high"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_is_no_sound_picture_is_refused_with_a_sentence(name: str) -> None:
    data, words = REFUSALS[name]
    with pytest.raises((Refused, TooLarge), match=words):
        render(BytesIO(data))


def test_a_file_is_not_read_beyond_its_limit() -> None:
    class Endless(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert 0 < size <= MOST_BYTES + 1
            return b"\xff\xd8\xff" + bytes(size - 3)

    with pytest.raises(TooLarge, match="MB"):
        render(Endless())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_file_with_any_byte_wrong_is_taken_or_refused(kind: str) -> None:
    whole = encoded(halves(60, 40), kind).getvalue()
    for place in range(0, len(whole), max(1, len(whole) // 150)):
        broken = bytearray(whole)
        broken[place] ^= 0xFF
        for data in (bytes(broken), whole[:place]):
            try:
                render(BytesIO(data))
            except (Refused, TooLarge):
                continue


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak as Linux counts it")
def test_a_giant_picture_takes_bounded_memory() -> None:
    """A flat PNG of 50 megapixels weighs 150 kB; decoded it is 200 MB, and no copy of it is made."""
    giant = encoded(Image.new("P", (8000, 6000), 3), "PNG")
    tracemalloc.start()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert render(giant).width == 1920
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    tracemalloc.stop()
    assert after - before < 420_000, "kilobytes"


def test_a_logo_is_a_square_with_its_picture_in_the_middle() -> None:
    logo = Image.open(BytesIO(square_png(encoded(halves(1024, 512), "PNG"))))
    assert (logo.format, logo.mode, logo.size) == ("PNG", "RGBA", (LOGO_SIDE, LOGO_SIDE))
    assert pixel(logo, 0.5, 0.1)[3] == 0
    assert near(pixel(logo, 0.1, 0.5), RED)


def test_a_logo_too_small_for_an_icon_is_refused() -> None:
    with pytest.raises(Refused, match="at least 512"):
        square_png(encoded(halves(300, 300), "PNG"))
