"""Copies of somebody's data: all of it with what the law adds (GDPR art. 15), and what they gave (arts 20, 15(3)).

A copy is a zip, written in a stream and in bounded memory, whatever its size:

    index.html         everything, to be read (access only)
    tables/….html      the rows of long tables, continued
    data.json          everything, for programs
    schema.json        the JSON Schema of data.json
    files/…            the files
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Literal

from django.db import transaction
from django.utils.translation import override

from perron.privacy.acting import Actor
from perron.privacy.copies.explaining import explain
from perron.privacy.copies.holdings import Holding, disclosures, holdings
from perron.privacy.copies.pages import Pages
from perron.privacy.copies.writing import Writer
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.recording import record
from perron.privacy.policy.current import policy
from perron.privacy.policy.documents import Part
from perron.privacy.policy.rendering import words_for
from perron.privacy.policy.texts import Texts
from perron.privacy.subjects import Subject
from perron.privacy.tenancy.scope import as_program

type Kind = Literal["access", "portable"]


@dataclass(frozen=True)
class Made:
    """What was written: its size in bytes, its SHA-256 in hexadecimal, how many rows and files are in it."""

    size: int
    sha256: str
    rows: int
    files: int


@dataclass(frozen=True)
class Answer:
    """What is held about somebody and why, for a screen: the parts of the explanation, and the tables."""

    parts: tuple[Part, ...]
    held: tuple[Holding, ...]


def give(subjects: Sequence[Subject], kind: Kind, *, language: str, out: IO[bytes], by: Actor) -> Made:
    """Write a copy for the first of `subjects`, who is identified, or for them by staff; the giving is evidence."""
    made = {"access": archive, "portable": portable}[kind](subjects, language=language, out=out)
    with transaction.atomic():
        about: dict[str, JSON] = {"kind": kind, "size": made.size, "sha256": made.sha256, "rows": made.rows}
        record("give_copy", subjects[0], by=by, about=about)
    return made


@as_program
def archive(subjects: Sequence[Subject], *, language: str, out: IO[bytes]) -> Made:
    """Write to `out` (which need not be seekable) all that is held about `subjects`, in the words of `language`.

    The number of queries depends on what is declared, not on how many others there are; each is by index.
    """
    words = words_for(policy(), language)
    with override(words.language):
        answer = look(subjects, words)
        writer = Writer(out, "access", subjects, words)
        with Pages() as pages:
            writer.write_data(answer.parts, answer.held, pages)
            writer.write_pages(pages, answer.parts, answer.held)
        return _finished(writer, answer.held)


@as_program
def portable(subjects: Sequence[Subject], *, language: str, out: IO[bytes]) -> Made:
    """Write to `out` what `subjects` gave themselves, on whatever basis, and their files: to be read by programs."""
    words = words_for(policy(), language)
    with override(words.language):
        held = [holding.provided() for holding in holdings(subjects, words)]
        held = [holding for holding in held if holding.columns or holding.table.files]
        writer = Writer(out, "portable", subjects, words)
        writer.write_data((), held, None)
        return _finished(writer, held)


@as_program
def look(subjects: Sequence[Subject], words: Texts) -> Answer:
    """Return what is held about `subjects` and why; rows are read when they are asked for."""
    held = tuple(holdings(subjects, words))
    return Answer(explain(held, disclosures(subjects), words), held)


def _finished(writer: Writer, held: Sequence[Holding]) -> Made:
    files = writer.write_files(held)
    size, sha256 = writer.close()
    return Made(size, sha256, sum(holding.count for holding in held), files)
