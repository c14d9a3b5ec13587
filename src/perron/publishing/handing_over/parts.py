"""What goes along when a partner leaves: a list of tables, in the order in which they are written and taken in.

Packages on higher floors add theirs with `register`. A test looks that every table with a path to a partner is a part,
or stays for a reason (`STAYS`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q

type Row = dict[str, Any]
# Raises `ValueError` for a row that cannot be taken.
type Check = Callable[[Any], None]


def no_files(_row: Any) -> Iterable[str]:
    """Name no files."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Part:
    """A table of the archive.

    `of` gives the condition for the rows of a partner. Columns in `left` stay behind: secrets, and what says how this
    installation stands to the row; the other side has their defaults. Columns `outside` may lead to rows of others:
    then they are empty in the archive. `words` are columns of JSON with a text per language. `check` raises
    `ValueError` for a row, made of the archive, that is none of ours; `prepare` changes it to what it is on the other
    side. `files` names a row's files in the default storage, and `check_file` raises `Refused` or `ValueError` for
    content that is none of such a row. A part that is not `taken` in is there to be read.
    """

    model: type[Model]
    of: Callable[[UUID], Q]
    only: str = ""
    left: str = ""
    outside: str = ""
    words: str = ""
    check: Check | None = None
    prepare: Callable[[Any], None] | None = None
    files: Callable[[Any], Iterable[str]] = no_files
    check_file: Callable[[Any, str, bytes], None] | None = None
    taken: bool = True

    @property
    def name(self) -> str:
        """The table's name in the archive: "publishing.item"."""
        return self.model._meta.label_lower

    @property
    def columns(self) -> list[Any]:
        """The fields that go along; a number that the database gives does not."""
        left, only = set(self.left.split()), set(self.only.split())
        return [
            column
            for column in self.model._meta.concrete_fields
            if column.get_internal_type() not in {"AutoField", "BigAutoField"}
            and column.name not in left
            and (not only or column.name in only)
        ]


_parts: list[Part] = []
STAYS: dict[str, str] = {}


def register(*parts: Part, stays: Mapping[str, str] | None = None) -> None:
    """Add parts, behind those that they lead to; `stays` says of tables, by label, why they do not go along."""
    for part in parts:
        if all(known.model is not part.model for known in _parts):
            _parts.append(part)
    STAYS.update(stays or {})


def parts() -> tuple[Part, ...]:
    """Return every part, those that others lead to first."""
    return tuple(_parts)


def along(*paths: str) -> Callable[[UUID], Q]:
    """Return the condition that each of these lookup paths leads to the partner."""
    return lambda partner: Q(**dict.fromkeys(paths, partner))
