"""The platform's icon in the sizes that devices ask for: its logo, or its initial on its colour."""

import io

from PIL import Image, ImageDraw, ImageFont

from perron.communities.models import Platform

# Name in the address → (pixels, share of the side that is kept clear around the mark).
# A maskable icon may be cut to a circle of 80 % of the side (W3C, Web Application Manifest, "icon masks").
SIZES: dict[str, tuple[int, float]] = {
    "192": (192, 0.0),
    "512": (512, 0.0),
    "maskable-512": (512, 0.14),
    "apple-180": (180, 0.08),
}
_WHITE = "#ffffff"


def draw(platform: Platform, name: str) -> bytes:
    """Return the PNG of `SIZES[name]`."""
    side, clear = SIZES[name]
    image = _from_logo(platform, side, clear) if platform.logo else _from_initial(platform, side)
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _from_logo(platform: Platform, side: int, clear: float) -> Image.Image:
    """The logo; where there is a margin, on white, since systems put black behind what is transparent."""
    inner = round(side * (1 - 2 * clear))
    with platform.logo.open("rb") as file, Image.open(file, formats=["PNG"]) as logo:
        mark = logo.convert("RGBA").resize((inner, inner), Image.Resampling.LANCZOS)
    if not clear:
        return mark
    ground = Image.new("RGBA", (side, side), _WHITE)
    ground.alpha_composite(mark, ((side - inner) // 2, (side - inner) // 2))
    return ground.convert("RGB")


def _from_initial(platform: Platform, side: int) -> Image.Image:
    """The initial standing on its steps: within the circle that the strictest mask leaves."""
    image = Image.new("RGB", (side, side), platform.colour)
    drawing = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=round(side * 0.44))
    initial = platform.name.strip()[:1].upper() or "P"
    drawing.text(
        (side / 2, side * 0.59),
        initial,
        fill=_WHITE,
        font=font,
        anchor="ms",
        stroke_width=side // 64,
        stroke_fill=_WHITE,
    )
    for step, half in enumerate((0.17, 0.26)):
        top = side * (0.645 + step * 0.075)
        drawing.rectangle((side * (0.5 - half), top, side * (0.5 + half), top + side * 0.05), fill=_WHITE)
    return image.quantize(16)
