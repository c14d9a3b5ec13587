"""Reads a copy that came from outside. It may be anything: nothing is unpacked but `data.json`, up to a limit."""

from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from perron.core import zips
from perron.core.errors import Refused, TooLarge
from perron.privacy.copies.format import Copy, NotACopy, read

# Of the zip, of what it would unpack to, and of data.json alone.
MOST_BYTES = 100_000_000
_MOST_UNPACKED = 1_000_000_000
_MOST_DATA = 50_000_000
_MOST_ENTRIES = 20_000
_DATA = "data.json"


def unpack(file: IO[bytes]) -> Copy:
    """Return what a zip says that another program sent. Raises `Refused` or `TooLarge` with the sentence to show."""
    try:
        with ZipFile(file) as archive:
            entries = archive.infolist()
            _check(entries)
            return _read(archive)
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Refused(_("This file is no zip, or it is damaged.")) from error


def _check(entries: list[ZipInfo]) -> None:
    zips.check(entries, most=_MOST_ENTRIES)
    if sum(entry.file_size for entry in entries) > _MOST_UNPACKED:
        raise zips.too_large()
    if all(entry.filename != _DATA for entry in entries):
        raise Refused(_("This zip is no copy of somebody's data: it has no data.json."))


def _read(archive: ZipFile) -> Copy:
    with archive.open(_DATA) as file:
        # What the zip says of the size may be untrue: one byte more than is taken is enough to know.
        data = file.read(_MOST_DATA + 1)
    if len(data) > _MOST_DATA:
        raise TooLarge(_("The data in this zip are larger than is taken."))
    try:
        return read(data)
    except NotACopy as error:
        raise Refused(
            _("The data in this zip do not follow the format of a copy (at “%(where)s”).") % {"where": error.where}
        ) from error
