"""A program that writes the text of a file: `python -I -m perron.core.document_text TYPE < FILE`.

It reads from strangers, so it limits itself before it looks at anything: seconds of processor, memory, and what it can
write. The text goes out page by page; whoever waits for it has at least what came before a limit.
"""

import re
import resource
import sys
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from io import BytesIO
from zipfile import ZipFile

from pypdf import PdfReader

_CPU_SECONDS = 20
_MEMORY = 1_000_000_000
_MOST_CHARACTERS = 2_000_000
_MOST_PAGES = 1_000
# Of a Word or OpenDocument text, unpacked.
_MOST_XML = 50_000_000
_PARTS = {
    "application/vnd.oasis.opendocument.text": "content.xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document.xml",
}
_TAG = re.compile(r"<[^>]*>")
_BETWEEN_RUNS = re.compile(
    r"</w:t></w:r>(?:<w:(?:proofErr|bookmarkStart|bookmarkEnd)[^>]*/>)*<w:r(?: [^>]*)?>(?:<w:rPr>.{0,2000}?</w:rPr>)?"
    r"<w:t(?: [^>]*)?>"
)


def main() -> None:
    """Write what the file on standard input says."""
    _limit()
    room = _MOST_CHARACTERS
    for text in _texts(sys.argv[1], sys.stdin.buffer.read()):
        sys.stdout.buffer.write(text[:room].encode("utf-8", "ignore") + b"\n")
        sys.stdout.buffer.flush()
        room -= len(text)
        if room <= 0:
            return


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    # No file is written, no program started.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _texts(media_type: str, data: bytes) -> Iterator[str]:
    if media_type == "text/plain":
        yield data.decode("utf-8-sig", "ignore")
    elif media_type == "application/pdf":
        yield from _pdf(data)
    elif media_type in _PARTS:
        with ZipFile(BytesIO(data)) as archive, archive.open(_PARTS[media_type]) as part:
            yield _without_tags(part.read(_MOST_XML).decode("utf-8", "ignore"))


def _without_tags(xml: str) -> str:
    # Word cuts paragraphs into runs, often within a word.
    return unescape(_TAG.sub(" ", _BETWEEN_RUNS.sub("", xml)))


def _pdf(data: bytes) -> Iterator[str]:
    reader = PdfReader(BytesIO(data))
    for page in reader.pages[:_MOST_PAGES]:
        # Whatever is wrong with one page, the next may be sound.
        with suppress(Exception):
            yield page.extract_text()


if __name__ == "__main__":
    main()
