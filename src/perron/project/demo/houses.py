"""Rows of gabled houses, near or far, dark or lit."""

from itertools import cycle

from perron.project.demo.painting import WIDTH, Canvas, Point, blend


def row_of_houses(
    c: Canvas,
    ground: float,
    heights: tuple[int, int],
    colours: tuple[str, ...],
    lit: str,
    *,
    least: int = 84,
    most: int = 150,
) -> None:
    """Draw houses along `ground`, `least` to `most` wide; with `lit`, their windows have that colour."""
    x, shades, gable = -20.0, cycle(colours), 0
    while x < WIDTH:
        width, height = c.random.uniform(least, most), c.random.uniform(*heights)
        shade, top, gable = next(shades), ground - height, gable + 1
        c.box(x, top, width, height, shade)
        _roof(c, (x, top), width, gable % 3, shade)
        if lit:
            _windows(c, (x, top), width, height, lit)
        x += width


def _roof(c: Canvas, corner: Point, width: float, form: int, shade: str) -> None:
    """Draw a stepped gable, a pointed roof or a hipped one."""
    x, top = corner
    roof = min(width * 0.55, 90)
    if form == 0:
        for step in range(4):
            c.box(x + step * width / 8, top - (step + 1) * roof / 4, width - step * width / 4, roof / 4 + 1, shade)
        return
    ridge = [(0.5, roof)] if form == 1 else [(0.82, roof * 0.6), (0.18, roof * 0.6)]
    points = [(x, top + 1), (x + width, top + 1), *((x + width * share, top - up) for share, up in ridge)]
    c.shape(points, blend(shade, c.palette.ink, 0.22))


def _windows(c: Canvas, corner: Point, width: float, height: float, lit: str) -> None:
    x, top = corner
    columns = max(2, int(width // 44))
    for row in range(int(height // 74)):
        for column in range(columns):
            left = x + (column + 0.5) * width / columns - 11
            shade = lit if c.random.random() < 0.72 else blend(lit, c.palette.pale, 0.55)
            c.box(left, top + 22 + row * 74, 22, 36, shade, 3)
