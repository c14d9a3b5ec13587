"""What a server sends, read up to a limit: whatever it unpacks to, one byte more than allowed is the end."""

import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from perron.core.errors import TooLarge


def unpacked(chunks: Iterator[bytes], encoding: str, limit: int) -> bytes:
    """Return what `chunks` hold, at most `limit` bytes; `encoding` is "", "identity", "gzip", "x-gzip" or "deflate".

    Raises `TooLarge`, and `zlib.error` where it is damaged or breaks off.
    """
    body = bytearray()
    packed = None if encoding in {"", "identity"} else zlib.decompressobj(wbits=47)
    for chunk in chunks:
        # One byte more than allowed is enough to know: a bomb is never unpacked.
        body += packed.decompress(chunk, limit + 1 - len(body)) if packed else chunk
        if len(body) > limit:
            raise too_large(limit)
    if packed and not packed.eof:
        raise zlib.error("truncated")
    return bytes(body)


def too_large(limit: int) -> TooLarge:
    """Return the refusal of what is larger than `limit` bytes."""
    return TooLarge(_("The file has more than %(most)d MB.") % {"most": limit // 1_000_000})
