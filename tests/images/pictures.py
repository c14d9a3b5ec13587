"""Makes pictures for tests: whole ones, odd ones and hostile ones."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

RED, GREEN, BLUE = (200, 30, 40), (20, 160, 60), (30, 60, 200)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: Any) -> BytesIO:
    target = BytesIO()
    picture.save(target, kind, **options)
    target.seek(0)
    return target


def halves(width: int = 1600, height: int = 1000, mode: str = "RGB") -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture.convert(mode)


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds one row's worth of zeros."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * (width * 3 + 1))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def near(pixel: tuple[int, ...], colour: tuple[int, int, int], by: int = 14) -> bool:
    return all(abs(a - b) <= by for a, b in zip(pixel[:3], colour, strict=True))
