"""Pictures of what is seen outside: houses, water, hills, streets."""

from itertools import cycle, pairwise

from perron.project.demo.houses import row_of_houses
from perron.project.demo.painting import HEIGHT, WIDTH, Canvas, blend


def townscape(c: Canvas) -> None:
    """Two rows of gabled houses, a church tower and a low sun."""
    p = c.palette
    c.fade(blend(p.far, p.sun, 0.25), p.pale, 620)
    c.disc(930, 300, 150, p.sun)
    row_of_houses(c, 640, (150, 260), (p.far, blend(p.far, p.mid, 0.5), blend(p.far, p.pale, 0.4)), "")
    c.box(404, 250, 92, 400, p.mid)
    c.shape([(392, 252), (508, 252), (450, 92)], p.deep)
    c.disc(450, 310, 24, p.pale)
    row_of_houses(c, 720, (210, 330), (p.warm, p.deep, p.pale, p.red, p.mid, p.sun), p.ink)
    c.box(0, 718, WIDTH, 90, p.ink)
    c.box(0, 718, WIDTH, 10, blend(p.ink, p.mid, 0.5))
    _perron(c, 760, 718, blend(p.pale, p.far, 0.2), p.sun)


def river(c: Canvas) -> None:
    """A bridge of five arches over a wide river, a barge under a high sun."""
    p = c.palette
    c.fade(p.pale, blend(p.sun, p.pale, 0.45), 480)
    c.disc(330, 200, 92, p.sun)
    c.ridge(400, 70, p.far, 1.2, 0.4)
    c.ridge(440, 46, blend(p.far, p.mid, 0.6), 1.8, 2.1)
    row_of_houses(c, 492, (60, 130), (p.pale, p.warm, p.mid, p.red, p.far), "", least=44, most=74)
    c.box(0, 490, WIDTH, 320, p.deep)
    for row in range(11):
        y, length = 512 + row * 27, 60 + row * 22
        for _ in range(5):
            x = c.random.uniform(-60, WIDTH)
            c.line([(x, y), (x + length, y)], 3 + row * 0.5, blend(p.deep, p.mid, 0.35))
    for row in range(7):
        half = 84 - row * 8
        c.line([(330 - half, 508 + row * 30), (330 + half, 508 + row * 30)], 7, blend(p.deep, p.sun, 0.75))
    stone = blend(p.pale, p.mid, 0.25)
    c.box(0, 430, WIDTH, 118, stone)
    for arch in range(5):
        x = 128 + arch * 256
        c.slice(x, 556, 104, 180, 360, blend(p.deep, p.far, 0.25))
        c.box(x - 104, 548, 208, 12, p.deep)
    c.box(0, 418, WIDTH, 18, p.ink)
    for pillar in range(6):
        c.box(pillar * 256 - 24, 540, 48, 46, blend(stone, p.ink, 0.25))
    _barge(c, 690, 662)


def hills(c: Canvas) -> None:
    """Five ridges one behind the other, spruces and a path."""
    p = c.palette
    c.fade(blend(p.pale, p.sun, 0.35), p.pale, 430)
    c.disc(880, 236, 108, blend(p.sun, p.pale, 0.15))
    shades = (p.far, blend(p.far, p.mid, 0.6), p.mid, blend(p.mid, p.deep, 0.6), p.deep)
    for step, shade in enumerate(shades):
        c.ridge(370 + step * 84, 76 - step * 8, shade, 1.1 + step * 0.35, step * 1.7 + 0.6)
    c.shape([(560, 800), (760, 800), (690, 726), (742, 668), (716, 660), (646, 722)], blend(p.pale, p.sun, 0.3))
    for _ in range(26):
        x, y = c.random.uniform(0, WIDTH), c.random.uniform(672, 790)
        if abs(x - 680) > 120:
            _spruce(c, x, y, c.random.uniform(0.75, 1.35))
    for x, y in ((300, 190), (352, 168), (404, 206)):
        c.line([(x - 20, y - 9), (x, y), (x + 20, y - 9)], 5, p.ink)


def park(c: Canvas) -> None:
    """Round trees with long shadows, a bench and a path."""
    p = c.palette
    c.fade(p.pale, blend(p.far, p.pale, 0.3), 380)
    c.disc(220, 190, 84, p.sun)
    c.ridge(360, 24, blend(p.far, p.mid, 0.4), 1.3, 1)
    c.ridge(430, 18, blend(p.mid, p.pale, 0.35), 0.8, 2)
    c.shape([(430, 800), (760, 800), (700, 560), (850, 428), (810, 424), (610, 560)], blend(p.pale, p.sun, 0.25))
    shades = cycle((p.deep, p.mid, blend(p.deep, p.sun, 0.35), p.warm, blend(p.deep, p.mid, 0.5)))
    trees = ((120, 520, 96), (330, 470, 70), (470, 620, 118), (935, 500, 86), (1120, 560, 122), (1000, 690, 104))
    for x, y, size in sorted(trees, key=lambda tree: tree[1]):
        shade = next(shades)
        c.disc(x + size * 0.95, y + 8, size, blend(p.mid, p.ink, 0.22), 0.16)
        c.box(x - 8, y - size * 0.7, 16, size * 0.75, p.ink)
        c.disc(x, y - size * 1.25, size, shade)
        c.slice(x, y - size * 1.25, size, -70, 110, blend(shade, p.ink, 0.16))
    c.box(180, 700, 190, 14, p.red, 6)
    c.box(180, 664, 190, 14, p.red, 6)
    for x in (204, 336):
        c.box(x, 664, 10, 76, p.ink)


def market(c: Canvas) -> None:
    """Four stalls under striped awnings, with piles of fruit."""
    p = c.palette
    c.fade(blend(p.far, p.pale, 0.5), p.pale, 560)
    row_of_houses(
        c, 560, (180, 300), (blend(p.far, p.pale, 0.3), p.far, blend(p.far, p.mid, 0.3)), "", least=110, most=170
    )
    c.box(0, 556, WIDTH, 250, blend(p.mid, p.pale, 0.45))
    fruits = cycle((p.red, p.sun, p.deep, p.warm))
    for stall, stripe in enumerate((p.red, p.deep, p.warm, p.ink)):
        x = 40 + stall * 308
        for post in (x + 10, x + 256):
            c.box(post, 330, 12, 380, p.ink)
        for part in range(7):
            colour = stripe if part % 2 == 0 else p.pale
            left = x - 10 + part * 42
            inset = x + 24 + part * 33
            c.shape([(inset, 262), (inset + 34, 262), (left + 42, 366), (left, 366)], colour)
            c.slice(left + 21, 366, 21, 0, 180, colour)
        c.box(x - 6, 560, 290, 26, blend(p.warm, p.ink, 0.45))
        for pile in range(3):
            colour = next(fruits)
            for row, count in enumerate((4, 3, 2)):
                for fruit in range(count):
                    c.disc(
                        x + 34 + pile * 94 + fruit * 22 + row * 11,
                        548 - row * 19,
                        12.5,
                        blend(colour, p.pale, row * 0.12),
                    )
        c.box(x + 2, 586, 274, 124, blend(p.pale, p.far, 0.5))
        c.shape([(x + 2, 586), (x + 276, 586), (x + 276, 602), (x + 2, 618)], blend(p.far, p.mid, 0.5))


def night(c: Canvas) -> None:
    """Roofs at night under a moon, lit windows and the beam of a torch."""
    p = c.palette
    dark = blend(p.ink, "#000000", 0.25)
    c.fade(dark, blend(p.deep, p.ink, 0.3))
    for _ in range(90):
        c.disc(
            c.random.uniform(0, WIDTH), c.random.uniform(0, 430), c.random.uniform(1, 2.6), blend(p.pale, p.ink, 0.2)
        )
    c.disc(1010, 180, 94, p.sun)
    c.disc(966, 154, 84, blend(dark, p.deep, 0.2))
    row_of_houses(
        c, 700, (190, 330), (blend(p.ink, p.deep, 0.45), blend(p.ink, p.deep, 0.25), blend(p.ink, p.deep, 0.65)), p.sun
    )
    c.box(0, 698, WIDTH, 110, dark)
    for half, glow in ((132, 0.16), (84, 0.42), (40, 0.8)):
        c.disc(640, 760, half * 3, blend(dark, p.sun, glow), 0.12)
    c.box(628, 560, 24, 200, dark)
    c.shape([(604, 486), (676, 486), (662, 566), (618, 566)], p.sun)
    c.box(596, 476, 88, 14, dark, 4)
    c.shape([(610, 478), (670, 478), (640, 440)], dark)


def bunting(c: Canvas) -> None:
    """Strings of pennants over a long table with plates and glasses."""
    p = c.palette
    c.fade(blend(p.sun, p.pale, 0.55), p.pale, 600)
    colours = cycle((p.red, p.deep, p.sun, p.warm, p.mid))
    for start, end, sag in ((60, 130, 190), (-20, 40, 250), (170, 20, 330)):
        points = [
            (x, start + (end - start) * x / WIDTH + sag * 4 * (x / WIDTH) * (1 - x / WIDTH))
            for x in range(0, WIDTH + 1, 64)
        ]
        c.line(points, 4, p.ink)
        for (x, y), (right, below) in pairwise(points):
            c.shape([(x + 8, y + 2), (right - 8, below + 2), ((x + right) / 2, (y + below) / 2 + 66)], next(colours))
    c.box(0, 590, WIDTH, 220, blend(p.mid, p.pale, 0.3))
    c.shape([(110, 640), (1170, 640), (1250, 800), (30, 800)], p.pale)
    c.shape([(110, 640), (1170, 640), (1176, 654), (104, 654)], blend(p.pale, p.far, 0.8))
    for seat in range(5):
        x = 220 + seat * 210
        c.disc(x, 716, 70, blend(p.far, p.pale, 0.2), 0.4)
        c.disc(x, 712, 50, next(colours), 0.4)
        c.shape([(x + 84, 640), (x + 116, 640), (x + 110, 700), (x + 90, 700)], blend(p.mid, p.pale, 0.4))
        c.shape([(x + 86, 662), (x + 114, 662), (x + 110, 700), (x + 90, 700)], p.red if seat % 2 else p.sun)


def bicycle(c: Canvas) -> None:
    """A large bicycle before a band of hills."""
    p = c.palette
    c.fade(p.pale, blend(p.sun, p.pale, 0.5), 560)
    c.disc(640, 330, 236, p.sun)
    c.ridge(510, 50, p.far, 1.1, 0.3)
    c.ridge(570, 34, p.mid, 1.6, 2)
    c.box(0, 640, WIDTH, 170, p.deep)
    for x in range(40, WIDTH, 180):
        c.box(x, 716, 96, 10, blend(p.deep, p.pale, 0.7), 4)
    back, front, crank, saddle, head = (400, 516), (880, 516), (612, 520), (548, 300), (806, 306)
    for x, y in (back, front):
        for spoke in range(0, 180, 15):
            c.line([c.around(x, y, 140, spoke), c.around(x, y, 140, spoke + 180)], 2, blend(p.ink, p.pale, 0.35))
        c.ring(x, y, 152, 15, p.ink)
        c.disc(x, y, 15, p.red)
    for tube in (
        (back, crank),
        (back, saddle),
        (crank, saddle),
        (crank, head),
        ((556, 330), (800, 330)),
        (head, front),
    ):
        c.line(tube, 17, p.red)
    c.line([saddle, (536, 256)], 13, p.ink)
    c.box(478, 238, 116, 24, p.ink, 12)
    c.line([head, (794, 246), (866, 232), (884, 262)], 13, p.ink)
    c.disc(*crank, 38, p.ink)
    c.line([(578, 566), (646, 474)], 10, blend(p.ink, p.pale, 0.5))
    c.box(818, 272, 96, 62, p.warm, 8)


def roadworks(c: Canvas) -> None:
    """A striped barrier, cones, and a crane over half-built houses."""
    p = c.palette
    c.fade(blend(p.far, p.pale, 0.3), p.pale, 560)
    c.disc(250, 220, 96, p.sun)
    row_of_houses(c, 560, (120, 230), (p.far, blend(p.far, p.mid, 0.5), blend(p.far, p.pale, 0.4)), "")
    c.box(884, 90, 22, 480, p.deep)
    c.line([(620, 130), (1200, 130)], 15, p.deep)
    c.line([(895, 66), (640, 130)], 5, p.deep)
    c.line([(895, 66), (1190, 130)], 5, p.deep)
    c.box(1130, 130, 64, 60, p.ink)
    c.line([(690, 130), (690, 320)], 4, p.ink)
    c.box(640, 320, 100, 58, p.red)
    c.box(0, 556, WIDTH, 250, blend(p.ink, p.deep, 0.25))
    c.shape([(0, 640), (WIDTH, 600), (WIDTH, 630), (0, 676)], blend(p.warm, p.ink, 0.5))
    for leg in (250, 1000):
        c.box(leg, 470, 20, 230, blend(p.ink, p.pale, 0.75))
    c.box(140, 478, 1000, 92, p.pale, 8)
    for stripe in range(9):
        x = 150 + stripe * 112
        c.shape([(x, 570), (x + 54, 570), (x + 108, 478), (x + 54, 478)], p.red)
    for x in (90, 1180):
        c.box(x - 62, 712, 124, 20, p.warm, 6)
        c.shape([(x - 44, 714), (x + 44, 714), (x + 11, 540), (x - 11, 540)], p.warm)
        c.shape([(x - 31, 662), (x + 31, 662), (x + 23, 616), (x - 23, 616)], p.pale)


def _perron(c: Canvas, x: float, ground: float, stone: str, gold: str) -> None:
    """Draw the column that gave the program its name."""
    for step in range(4):
        c.box(x - 92 + step * 20, ground - (step + 1) * 15, 184 - step * 40, 16, stone)
    c.box(x - 11, ground - 292, 22, 236, stone)
    c.box(x - 24, ground - 302, 48, 14, stone)
    c.disc(x, ground - 326, 25, gold)
    c.box(x - 4, ground - 386, 8, 40, gold)
    c.box(x - 15, ground - 374, 30, 8, gold)


def _barge(c: Canvas, x: float, y: float) -> None:
    p = c.palette
    c.shape([(x, y), (x + 430, y), (x + 388, y + 62), (x + 36, y + 62)], p.ink)
    c.box(x + 6, y - 10, 422, 14, p.red)
    c.box(x + 300, y - 66, 96, 58, p.pale)
    c.box(x + 288, y - 78, 120, 14, p.warm)
    for hatch in range(3):
        c.box(x + 40 + hatch * 82, y - 36, 72, 28, (p.sun, p.warm, p.mid)[hatch], 4)
    c.line([(x + 50, HEIGHT - 52), (x + 340, HEIGHT - 52)], 6, blend(p.deep, p.ink, 0.5))


def _spruce(c: Canvas, x: float, y: float, size: float) -> None:
    p = c.palette
    c.box(x - 4 * size, y - 12 * size, 8 * size, 14 * size, p.ink)
    for tier, (width, low, high) in enumerate(((40, 8, 60), (32, 40, 90), (22, 72, 118))):
        c.shape([(x - width * size, y - low * size), (x + width * size, y - low * size), (x, y - high * size)],
                blend(p.ink, p.deep, 0.2 + tier * 0.18))  # fmt: skip
