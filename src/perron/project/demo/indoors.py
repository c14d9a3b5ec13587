"""Pictures of things near at hand: shelves, sounds, pencils, bread, water."""

from itertools import cycle

from perron.project.demo.painting import HEIGHT, WIDTH, Canvas, Point, blend

_TILE = 160


def library(c: Canvas) -> None:
    """Two shelves of books, one of them leaning, and a sleeping cat."""
    p = c.palette
    c.fade(blend(p.far, p.pale, 0.4), blend(p.far, p.pale, 0.4))
    colours = cycle((p.red, p.deep, p.sun, p.mid, p.ink, p.warm, p.pale, blend(p.deep, p.mid, 0.5)))
    for shelf, end in ((380, 900), (720, WIDTH + 40)):
        x = 40.0 if shelf == 380 else 470.0
        while x < end:
            width, height = c.random.uniform(30, 66), c.random.uniform(180, 286)
            colour = next(colours)
            c.box(x, shelf - height, width, height, colour, 4)
            band = blend(colour, p.pale, 0.55) if colour != p.pale else p.red
            c.box(x, shelf - height + 30, width, 9, band)
            c.box(x, shelf - 46, width, 9, band)
            x += width + 3
        c.box(0, shelf, WIDTH, 24, blend(p.warm, p.ink, 0.5))
        c.box(0, shelf + 24, WIDTH, 10, blend(p.far, p.ink, 0.2))
    c.shape([(930, 372), (984, 380), (1062, 140), (1010, 124)], p.red)
    c.shape([(1146, 380), (1214, 380), (1206, 300), (1154, 300)], p.deep)
    for leaf in (-58, -30, 0, 30, 58):
        c.line([(1180, 304), (1180 + leaf, 190 + abs(leaf) * 0.9)], 13, blend(p.deep, p.mid, 0.5))
    c.disc(240, 676, 150, p.ink, 0.46)
    c.disc(352, 660, 58, p.ink)
    c.shape([(308, 628), (322, 576), (352, 612)], p.ink)
    c.shape([(358, 610), (392, 578), (402, 634)], p.ink)
    c.line([(106, 700), (150, 720), (330, 716)], 26, blend(p.ink, p.mid, 0.25))
    c.line([(338, 664), (352, 670), (366, 664)], 5, p.pale)


def concert(c: Canvas) -> None:
    """Quarter circles and rings in a grid, like a poster for music."""
    p = c.palette
    side = _TILE
    grounds = cycle((p.pale, p.deep, blend(p.far, p.pale, 0.4), p.sun, p.ink, p.mid, p.warm))
    for row in range(5):
        for column in range(8):
            x, y = column * side, row * side
            ground = next(grounds)
            c.box(x, y, side, side, ground)
            choices = [colour for colour in (p.red, p.ink, p.sun, p.warm, p.pale, p.deep) if colour != ground]
            colour, other = c.random.sample(choices, 2)
            _tile(c, (x, y), (column * 3 + row * 5 + c.random.randrange(2)) % 5, colour, other)
        next(grounds)


def school(c: Canvas) -> None:
    """Coloured pencils standing like a row of towers, and a paper plane."""
    p = c.palette
    c.fade(blend(p.far, p.pale, 0.55), p.pale)
    c.disc(250, 210, 100, p.sun)
    heights = (330, 450, 380, 520, 420, 560, 360, 480, 400, 510)
    for index, (height, colour) in enumerate(
        zip(heights, cycle((p.red, p.sun, p.deep, p.warm, p.mid, p.ink)), strict=False)
    ):
        x, top = 30 + index * 125, HEIGHT - height
        c.box(x, top, 98, height, colour)
        c.box(x + 66, top, 32, height, blend(colour, p.ink, 0.22))
        c.box(x + 18, top, 12, height, blend(colour, p.pale, 0.35))
        wood = blend(p.sun, p.pale, 0.6)
        c.shape([(x, top), (x + 98, top), (x + 49, top - 108)], wood)
        c.shape([(x + 33, top - 36), (x + 65, top - 36), (x + 49, top - 108)], colour)
        for wave in range(3):
            c.disc(x + 17 + wave * 33, top, 17, wood)
    c.line([(470, 246), (560, 300), (660, 270), (752, 176)], 4, blend(p.mid, p.pale, 0.3))
    c.shape([(740, 190), (968, 84), (850, 226)], "#ffffff")
    c.shape([(850, 226), (968, 84), (838, 262)], blend(p.mid, p.pale, 0.3))
    c.shape([(740, 190), (968, 84), (806, 206)], blend(p.far, "#ffffff", 0.4))


def bakery(c: Canvas) -> None:
    """Round and long loaves on a board before the mouth of an oven."""
    p = c.palette
    crust, dark = blend(p.warm, p.sun, 0.45), blend(p.warm, p.ink, 0.35)
    c.fade(blend(p.deep, p.ink, 0.3), blend(p.deep, p.ink, 0.1))
    for row in range(10):
        for brick in range(9):
            x = brick * 160 - (80 if row % 2 else 0)
            c.box(x + 4, row * 62 + 4, 152, 54, blend(p.deep, p.mid, 0.10 + c.random.uniform(0, 0.12)), 6)
    c.slice(640, 560, 420, 180, 360, p.ink)
    c.slice(640, 560, 372, 180, 360, p.red)
    c.slice(640, 560, 310, 180, 360, p.warm)
    c.slice(640, 560, 226, 180, 360, p.sun)
    c.box(0, 556, WIDTH, 250, blend(p.pale, p.sun, 0.2))
    c.box(0, 556, WIDTH, 18, blend(p.warm, p.ink, 0.5))
    for x, y, size in ((300, 590, 150), (930, 600, 172)):
        c.disc(x, y + 62, size, blend(p.far, p.ink, 0.15), 0.26)
        c.slice(x, y + 66, size, 180, 360, crust)
        c.disc(x, y + 64, size, crust, 0.3)
        for cut in (-0.5, 0, 0.5):
            c.line(
                [(x + size * (cut - 0.14), y + 6), (x + size * (cut + 0.14), y - size * 0.42)],
                11,
                blend(crust, p.pale, 0.65),
            )
    for index in range(3):
        y = 668 + index * 44
        c.line([(500 + index * 26, y), (800 + index * 26, y - 34)], 50, dark if index == 1 else crust)
        for cut in range(5):
            x = 530 + index * 26 + cut * 54
            c.line([(x, y + 4 - cut * 6), (x + 30, y - 24 - cut * 6)], 8, blend(crust, p.pale, 0.6))


def water(c: Canvas) -> None:
    """A drop above rings that widen on still water."""
    p = c.palette
    c.fade(blend(p.far, p.pale, 0.35), p.pale, 480)
    c.box(0, 470, WIDTH, 340, p.deep)
    for index, radius in enumerate((560, 430, 310, 200, 104)):
        c.disc(640, 628, radius, blend(p.deep, p.mid, 0.12 + index * 0.17), 0.3)
        c.ring(640, 628, radius, 5, blend(p.mid, p.pale, 0.35 + index * 0.1), 0.3)
    c.disc(640, 628, 34, p.pale, 0.3)
    c.shape([(640, 66), (528, 318), (752, 318)], p.mid)
    c.disc(640, 348, 117, p.mid)
    c.shape([(640, 66), (640, 466), (751, 380), (756, 340), (748, 308)], blend(p.mid, p.deep, 0.35))
    c.slice(640, 348, 117, -90, 90, blend(p.mid, p.deep, 0.35))
    c.disc(598, 366, 30, p.pale)
    c.disc(612, 312, 12, p.pale)
    for x, y, radius in ((170, 150, 54), (270, 250, 24), (1090, 130, 40), (1010, 250, 66)):
        c.disc(x, y, radius, blend(p.far, p.pale, 0.1))


def swim(c: Canvas) -> None:
    """Lanes of a pool from above, with a swimmer in each of two."""
    p = c.palette
    c.fade(blend(p.mid, p.pale, 0.25), p.mid)
    for _ in range(70):
        x, y = c.random.uniform(0, WIDTH), c.random.uniform(0, HEIGHT)
        c.line([(x, y), (x + c.random.uniform(30, 90), y + c.random.uniform(-6, 6))], 5, blend(p.mid, p.pale, 0.45))
    for rope in range(5):
        y = 40 + rope * 180
        for float_ in range(27):
            c.disc(float_ * 50, y, 15, (p.red, p.pale, p.sun)[float_ % 3])
    for x, y, cap, suit in ((470, 310, p.red, p.ink), (900, 670, p.sun, p.deep)):
        skin = blend(p.warm, p.pale, 0.35)
        for wake in range(3):
            back = x - 330 - wake * 70
            c.line([(back, y - 40 - wake * 8), (back + 50, y), (back, y + 40 + wake * 8)], 9, blend(p.mid, p.pale, 0.7))
        c.line([(x - 30, y), (x - 250, y - 18)], 34, skin)
        c.line([(x - 30, y + 6), (x - 250, y + 28)], 34, skin)
        c.line([(x, y), (x - 110, y + 4)], 74, suit)
        c.line([(x + 10, y - 26), (x + 150, y - 44)], 28, skin)
        c.line([(x - 10, y + 30), (x - 110, y + 76), (x - 170, y + 60)], 28, skin)
        c.disc(x + 60, y, 42, cap)
        c.slice(x + 60, y, 42, -60, 60, blend(cap, p.ink, 0.2))


def council(c: Canvas) -> None:
    """Seats in half circles around a speaker's desk."""
    p = c.palette
    c.fade(blend(p.pale, p.far, 0.3), p.pale)
    c.slice(640, 760, 720, 180, 360, blend(p.far, p.pale, 0.2))
    for row, radius in enumerate((640, 530, 420, 310)):
        c.ring(640, 760, radius + 26, 5, blend(p.far, p.mid, 0.5))
        count = 23 - row * 5
        for seat in range(count):
            x, y = c.around(640, 760, radius, 186 + seat * 168 / (count - 1))
            colour = (p.deep, p.mid, p.warm, p.red, p.sun)[min(4, seat * 5 // count)]
            c.disc(x, y, 25, colour)
            c.disc(x, y - 5, 11, blend(colour, p.pale, 0.55))
    c.box(500, 660, 280, 150, p.ink, 10)
    c.box(476, 644, 328, 30, blend(p.warm, p.ink, 0.4), 10)
    c.line([(640, 644), (656, 566)], 8, p.ink)
    c.disc(658, 556, 17, p.red)


def track(c: Canvas) -> None:
    """The curve of a running track, seen from above."""
    p = c.palette
    c.box(0, 0, WIDTH, HEIGHT, p.mid)
    for stripe in range(0, WIDTH, 160):
        c.box(stripe, 0, 80, HEIGHT, blend(p.mid, p.deep, 0.12))
    c.disc(260, 860, 860, p.warm)
    for lane in range(7):
        c.ring(260, 860, 850 - lane * 66, 6, p.pale)
    c.disc(260, 860, 388, blend(p.mid, p.deep, 0.2))
    for lane in range(6):
        x, y = c.around(260, 860, 817 - lane * 66, -62 + lane * 5)
        c.disc(x, y, 20, (p.ink, p.sun, p.red, p.deep, p.pale, p.ink)[lane])
        near = c.around(260, 860, 817 - lane * 66, -54 + lane * 5)
        c.line([(x, y), near], 9, blend(p.warm, p.ink, 0.25))
        c.disc(x, y, 20, (p.ink, p.sun, p.red, p.deep, p.pale, p.ink)[lane])
    for part in range(9):
        c.line([c.around(260, 860, 454 + part * 44, -24), c.around(260, 860, 476 + part * 44, -24)], 9, p.pale)


def _tile(c: Canvas, corner: Point, form: int, colour: str, other: str) -> None:
    (x, y), side = corner, _TILE
    half = side / 2
    if form == 0:
        c.slice(x, y + side, side, 270, 360, colour)
        c.slice(x, y + side, half, 270, 360, other)
    elif form == 1:
        c.slice(x + side, y, side, 90, 180, colour)
    elif form == 2:
        c.disc(x + half, y + half, half * 0.8, colour)
        c.disc(x + half, y + half, half * 0.38, other)
    elif form == 3:
        c.slice(x + half, y + side, half, 180, 360, colour)
        c.slice(x + half, y + half, half, 180, 360, other)
    else:
        for string in range(5):
            c.box(x + 16 + string * 30, y, 7, side, colour)
