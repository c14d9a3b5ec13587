"""What is taken as an attachment: PDF, OpenDocument text, Word and plain text, by content, whatever its name."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _

from perron.core.errors import Refused, TooLarge
from perron.core.text import clean_line

MOST_BYTES = 20_000_000
NAME_LENGTH = 120

PDF = "application/pdf"
_ODT = "application/vnd.oasis.opendocument.text"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PLAIN = "text/plain"
_ENDINGS = {PDF: ".pdf", _ODT: ".odt", _DOCX: ".docx", _PLAIN: ".txt"}

_MOST_ENTRIES = 5_000
_UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|#%&;\u200b-\u200f\ufeff]+')


@dataclass(frozen=True)
class Checked:
    """An attachment that may be kept: its bytes, what it is, and a name that ends accordingly."""

    data: bytes
    media_type: str
    name: str


def check(file: IO[bytes], name: str) -> Checked:
    """Return the file's content, its type and its cleaned name.

    Raises `Refused` or `TooLarge` with the sentence to show.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge(_("This file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    if not data:
        raise Refused(_("This file is empty."))
    media_type = _media_type(data)
    return Checked(data, media_type, clean_name(name, _ENDINGS[media_type]))


def clean_name(name: str, ending: str) -> str:
    """Return `name` without folders or characters that mean something in an address, ending in `ending`."""
    last = clean_line(name).replace("\\", "/").rsplit("/", 1)[-1]
    path = PurePosixPath(_UNSAFE.sub("-", last).strip(" .-"))
    stem = path.stem if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix) else path.name
    # File systems count bytes, the table characters.
    short = stem[: NAME_LENGTH - len(ending)].encode()[:200].decode(errors="ignore")
    return (short.strip(" .-") or "document") + ending


def _media_type(data: bytes) -> str:
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        if b"%%EOF" not in data[-4096:]:
            raise Refused(_("This PDF is cut off. Save it again and choose the new file."))
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    if _is_plain(data):
        return _PLAIN
    raise _unknown()


def _zipped(data: bytes) -> str:
    """Tell OpenDocument from Word by what the archive lists; nothing large is unpacked."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if len(names) > _MOST_ENTRIES:
                raise _unknown()
            if "mimetype" in names and _start(archive, "mimetype") == _ODT:
                return _ODT
            if "word/document.xml" in names and "word/vbaProject.bin" not in names:
                return _DOCX
    except (BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise Refused(_("This file is damaged or cut off. Save it again and choose the new file.")) from error
    raise _unknown()


def _start(archive: ZipFile, name: str) -> str:
    with archive.open(name) as entry:
        return entry.read(200).decode("ascii", "replace").strip()


def _is_plain(data: bytes) -> bool:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    # A web page or drawing is no plain text, even if its name says so.
    if re.match(r"\s*<(!doctype|html|svg|\?xml|script|body|head)", text[:1000], re.IGNORECASE):
        return False
    return all(character.isprintable() or character in "\n\r\t\f\xa0\xad" for character in text[:200_000])


def _unknown() -> Refused:
    return Refused(_("This file cannot be attached. Choose a PDF, an OpenDocument or Word text, or plain text."))
