"""The format of `data.json`: what a copy of somebody's data says, to programs. `schema()` documents it.

A copy is written in a stream, row by row (`writing`); these values describe its parts, and read it on the other side.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from perron.core.errors import Refused

FORMAT = "perron-copy/1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

type Short = Annotated[str, Field(max_length=500)]
type Prose = Annotated[str, Field(max_length=20_000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Controller(_Strict):
    """Who answers for the data (GDPR art. 15, 13(1)(a))."""

    name: Short
    address: Short
    email: Short
    telephone: Short
    website: Short
    enterprise_number: Short


class SubjectOf(_Strict):
    """Whose data these are: somebody with an account, or somebody known by an e-mail address only."""

    kind: Literal["person", "address"]
    id: Short


class SaidOf(_Strict):
    """One statement, with the address that it leads to, or ""."""

    text: Prose
    href: Prose


class FactOf(_Strict):
    """What is said under one heading; `id` is the same in every language."""

    id: Short
    label: Short
    values: tuple[SaidOf, ...]


class PartOf(_Strict):
    """The controller, an activity, or what holds for all activities (GDPR art. 15(1) and (2))."""

    id: Short
    title: Short
    lead: Prose
    facts: tuple[FactOf, ...]


class ColumnOf(_Strict):
    """A column of a table."""

    name: Short
    label: Short
    category: Short
    """What kind of data it is, in the words of the policy; empty for what only explains the row."""
    provided: bool
    """Whether the person gave it (GDPR art. 20)."""
    withheld: Literal["", "secret", "others"]
    """Why it is named and not given: whoever reads it could act as the person, or it is about somebody else."""


class FileOf(_Strict):
    """A file of this copy; `path` is its name in the archive, `size` is in bytes, null if it is lost."""

    path: Short
    size: int | None


class TableOf(_Strict):
    """What is held in one table. A row has a key for each column that is given.

    A row also has `kept_until`, the moment until when it is kept (null: not known yet), where the time is counted from
    a column, and `serves`, an activity, where rows of a table serve different ones.
    """

    table: Short
    label: Short
    activities: tuple[Short, ...]
    source: Prose
    kept: tuple[Prose, ...]
    columns: tuple[ColumnOf, ...]
    rows: tuple[dict[str, Any], ...]
    files: tuple[FileOf, ...]


class Copy(_Strict):
    """A copy of somebody's data: all that is held ("access", GDPR art. 15), or what they gave ("portable", art. 20)."""

    format: Literal["perron-copy/1"]
    kind: Literal["access", "portable"]
    made_at: datetime
    language: Annotated[str, Field(pattern="^[a-z]{2}$")]
    controller: Controller
    subjects: tuple[SubjectOf, ...]
    about: tuple[PartOf, ...]
    """What the law says a copy must tell besides the data; empty in a portable one."""
    tables: tuple[TableOf, ...]


_ADAPTER = TypeAdapter(Copy)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `data.json`."""
    return {"$schema": DIALECT, "title": FORMAT, **_ADAPTER.json_schema()}


def read(data: bytes) -> Copy:
    """Return what `data` says. Raises `Refused` if it is no copy in this format."""
    try:
        return _ADAPTER.validate_json(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:100]
        raise NotACopy(where) from error


class NotACopy(Refused):
    """The data do not follow the format; `where` says at which key."""

    def __init__(self, where: str) -> None:
        super().__init__(f"data.json: {where}")
        self.where = where
