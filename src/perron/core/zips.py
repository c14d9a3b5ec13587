"""Zips: written in a stream and hashed on the way; looked at before anything in one that came from outside is read."""

import hashlib
from collections.abc import Sequence
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipInfo

from django.utils.translation import gettext as _

from perron.core.errors import Refused, TooLarge

_ENCRYPTED = 0x1
_LINK, _KIND = 0o120000, 0o170000


class Hashed:
    """Passes on what is written, counts and hashes it. It cannot be sought in, so a zip in it is a true stream."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        """Pass on, and count."""
        self._out.write(data)
        self.digest.update(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Pass on."""
        self._out.flush()

    def close(self) -> None:
        """Do nothing: what was given to be written to is closed by who opened it."""


def check(entries: Sequence[ZipInfo], *, most: int) -> None:
    """Look at what a zip says it holds: at most `most` files, each once, none outside it, no links, nothing locked.

    Raises `Refused` or `TooLarge` with the sentence to show. What it says of sizes may be untrue: who reads, counts.
    """
    names = [entry.filename for entry in entries]
    if len(entries) > most:
        raise too_large()
    if len(set(names)) != len(names) or any(map(_leads_out, names)):
        raise Refused(_("This zip names files outside itself, or the same file twice. It is not opened."))
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED or (entry.external_attr >> 16) & _KIND == _LINK:
            raise Refused(_("This zip holds links or locked files. It is not opened."))
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise Refused(_("This zip is packed in a way that is not read here."))


def too_large() -> TooLarge:
    """Return the refusal of a zip that would unpack to more than is taken."""
    return TooLarge(_("This zip would unpack to more than is taken."))


def _leads_out(name: str) -> bool:
    parts = name.split("/")
    inside = parts[:-1] if parts[-1] == "" and len(parts) > 1 else parts
    return "\\" in name or "\0" in name or ":" in parts[0] or not {"", ".", ".."}.isdisjoint(inside)
