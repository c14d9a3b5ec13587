"""Opening an archive that came from outside. It may be anything: whatever it says, no more is read than is allowed, and
nothing is believed whose hash is another."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812 an exception of another name

from django.utils.translation import gettext as _
from pydantic import ValidationError

from perron.core import zips
from perron.core.errors import Refused
from perron.publishing.handing_over.format import FILES, FORMAT, MANIFEST, MEDIA, TABLES, Listed, Manifest

MOST_ENTRIES = 400_000
# Unpacked: of a table, of one row, of one file, of what says what there is.
MOST_TABLE = 4_000_000_000
MOST_LINE = 4_000_000
MOST_FILE = 30_000_000
_MOST_SAID = 200_000_000
_BROKEN = (BadZipFile, ZlibError, NotImplementedError, RuntimeError, EOFError, ValueError, OSError)


class Opened:
    """An archive whose manifest and list of files have been read and fit each other."""

    def __init__(self, archive: ZipFile) -> None:
        self._zip = archive
        self._entries = _checked(archive.infolist())
        self.manifest = self._manifest()
        self._listed = self._list()

    def rows(self, table: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of a table; at its end, its hash is compared."""
        path = f"{TABLES}{table}.jsonl"
        digest, size = hashlib.sha256(), 0
        with self._zip.open(path) as file:
            while line := file.readline(MOST_LINE + 1):
                digest.update(line)
                size += len(line)
                if len(line) > MOST_LINE or size > MOST_TABLE:
                    raise zips.too_large()
                yield _object(line, path)
        self._compare(path, size, digest.hexdigest())

    def file(self, name: str) -> bytes | None:
        """Return a file of the storage whose hash fits; None if it was lost before this was made."""
        path = f"{MEDIA}{name}"
        if path not in self._listed:
            if name in self.manifest.missing:
                return None
            raise Refused(_("This archive lacks the file “%(path)s”.") % {"path": path})
        data = self._read(path, MOST_FILE)
        self._compare(path, len(data), hashlib.sha256(data).hexdigest())
        return data

    def _manifest(self) -> Manifest:
        if MANIFEST not in self._entries:
            raise Refused(_("This file is no archive of a partner: it has no manifest.json."))
        said = _json(self._read(MANIFEST, _MOST_SAID), MANIFEST)
        version = said.get("format") if isinstance(said, dict) else None
        if version != FORMAT:
            raise Refused(
                _("This archive has the format “%(version)s”; this installation reads “%(ours)s”.")
                % {"version": str(version)[:50], "ours": FORMAT}
            )
        try:
            return Manifest.model_validate(said)
        except ValidationError as error:
            raise _not_ours(MANIFEST) from error

    def _list(self) -> dict[str, tuple[int, str]]:
        data = self._read(FILES, _MOST_SAID) if FILES in self._entries else b""
        if hashlib.sha256(data).hexdigest() != self.manifest.files_sha256:
            raise _altered(FILES)
        try:
            lines = [Listed.model_validate_json(line) for line in data.splitlines()]
        except ValidationError as error:
            raise _not_ours(FILES) from error
        listed = {line.path: (line.size, line.sha256) for line in lines}
        if {MANIFEST, FILES, *listed} != set(self._entries) or len(listed) != len(lines):
            raise Refused(_("This archive holds other files than it lists. It is not taken in."))
        if {f"{TABLES}{table.name}.jsonl" for table in self.manifest.tables} != {
            path for path in listed if path.startswith(TABLES)
        }:
            raise _not_ours(MANIFEST)
        return listed

    def _read(self, path: str, most: int) -> bytes:
        with self._zip.open(path) as file:
            # What the zip says of the size may be untrue: one byte more than is taken is enough to know.
            data = file.read(most + 1)
        if len(data) > most:
            raise zips.too_large()
        return data

    def _compare(self, path: str, size: int, digest: str) -> None:
        if self._listed[path] != (size, digest):
            raise _altered(path)


@contextmanager
def opened(file: IO[bytes]) -> Iterator[Opened]:
    """Open an archive. Raises `Refused` or `TooLarge`, with the sentence to show, then and while it is read."""
    try:
        archive = ZipFile(file)
    except _BROKEN as error:
        raise Refused(_("This file is no zip, or it is damaged.")) from error
    with archive:
        try:
            yield Opened(archive)
        except _BROKEN as error:
            raise Refused(_("This file is no zip, or it is damaged.")) from error


def _checked(entries: list[ZipInfo]) -> set[str]:
    zips.check(entries, most=MOST_ENTRIES)
    for entry in entries:
        if entry.file_size > (MOST_TABLE if entry.filename.startswith(TABLES) else _MOST_SAID):
            raise zips.too_large()
    return {entry.filename for entry in entries}


def _object(line: bytes, path: str) -> dict[str, Any]:
    found = _json(line, path)
    if not isinstance(found, dict):
        raise _not_ours(path)
    return found


def _json(data: bytes, path: str) -> Any:
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _not_ours(path) from error


def _no_number(said: str) -> None:
    raise ValueError(said)


def _not_ours(path: str) -> Refused:
    return Refused(_("“%(path)s” does not follow the format of an archive.") % {"path": path})


def _altered(path: str) -> Refused:
    return Refused(_("“%(path)s” was altered or damaged since the archive was made.") % {"path": path})
