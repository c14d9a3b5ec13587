"""A sheet of paper as a list of shapes, and the two ways to write it: SVG for screens and editors, PDF for printers."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from perron.core.text import printable

# A4 (ISO 216), in millimetres.
WIDTH, HEIGHT = 210.0, 297.0

# The fonts that every PDF reader has, and what stands for them in an SVG.
FONTS = {
    "Times-Bold": "font-family=\"Charter, Georgia, 'Liberation Serif', 'Times New Roman', serif\" font-weight=\"700\"",
    "Helvetica": "font-family=\"Arial, 'Liberation Sans', Helvetica, sans-serif\"",
    "Helvetica-Bold": 'font-family="Arial, \'Liberation Sans\', Helvetica, sans-serif" font-weight="700"',
}


@dataclass(frozen=True)
class Box:
    """A filled rectangle, in millimetres from the top left."""

    x: float
    y: float
    width: float
    height: float
    colour: str


@dataclass(frozen=True)
class Line:
    """A line of text whose baseline begins at (x, y); `size` in millimetres, `font` one of `FONTS`."""

    x: float
    y: float
    size: float
    font: str
    text: str
    colour: str


@dataclass(frozen=True)
class Sheet:
    """What is on the sheet, and what it is called, in which language."""

    title: str
    language: str
    shapes: tuple[Box | Line, ...]


def fitted(text: str, font: str, width: float, *, size: float, most_lines: int) -> tuple[float, list[str]]:
    """Return the size, at most `size`, at which `text` fits `most_lines` lines of `width` (mm), and these lines."""
    while True:
        lines = _broken(text, font, width, size)
        if (len(lines) <= most_lines and all(measured(line, font, size) <= width for line in lines)) or size < 3:
            return size, lines[:most_lines]
        size *= 0.93


def measured(text: str, font: str, size: float) -> float:
    """Return the width of `text` in millimetres."""
    return float(stringWidth(printable(text), font, size))


def as_svg(sheet: Sheet) -> str:
    """Write the sheet as SVG 1.1, as wide as whatever shows it."""
    shapes = "".join(_svg(shape) for shape in sheet.shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}mm" '
        f'height="{HEIGHT:g}mm" role="img" xml:lang={quoteattr(sheet.language)} aria-labelledby="title">'
        f'<title id="title">{escape(sheet.title)}</title>{shapes}</svg>'
    )


def as_pdf(sheet: Sheet) -> bytes:
    """Write the sheet as PDF: the same bytes for the same sheet."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH * mm, HEIGHT * mm), invariant=True, lang=sheet.language)
    canvas.setTitle(sheet.title)
    for shape in sheet.shapes:
        canvas.setFillColor(HexColor(shape.colour))
        if isinstance(shape, Box):
            top = HEIGHT - shape.y - shape.height
            canvas.rect(shape.x * mm, top * mm, shape.width * mm, shape.height * mm, stroke=0, fill=1)
        else:
            canvas.setFont(shape.font, shape.size * mm)
            canvas.drawString(shape.x * mm, (HEIGHT - shape.y) * mm, printable(shape.text))
    canvas.save()
    return file.getvalue()


def modules(matrix: Iterable[Iterable[int]], x: float, y: float, side: float, colour: str) -> list[Box]:
    """Return a QR code as boxes, neighbours in a row joined; `side` in millimetres."""
    rows = [list(row) for row in matrix]
    unit = side / len(rows)
    boxes = []
    for number, row in enumerate(rows):
        start = None
        for place, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = place
            elif not dark and start is not None:
                boxes.append(Box(x + start * unit, y + number * unit, (place - start) * unit, unit, colour))
                start = None
    return boxes


def _svg(shape: Box | Line) -> str:
    if isinstance(shape, Box):
        # A hair of overlap, so that no light shows between the rows of a code.
        return (
            f'<rect x="{shape.x:.3f}" y="{shape.y:.3f}" width="{shape.width:.3f}" '
            f'height="{shape.height + 0.02:.3f}" fill="{shape.colour}"/>'
        )
    # The fonts of a device differ in width: the length is that of the PDF.
    length = f' textLength="{measured(shape.text, shape.font, shape.size):.2f}" lengthAdjust="spacingAndGlyphs"'
    return (
        f'<text x="{shape.x:.3f}" y="{shape.y:.3f}" font-size="{shape.size:.3f}" {FONTS[shape.font]} '
        f'fill="{shape.colour}"{length}>{escape(shape.text)}</text>'
    )


def _broken(text: str, font: str, width: float, size: float) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measured(longer, font, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
