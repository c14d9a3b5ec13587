"""The archive of a partner: a zip of tables (JSON Lines), files and their hashes. docs/moving.md describes it.

tables/{table}.jsonl   a row per line: a JSON object with a value for each column
media/{name}           the files that rows name
files.jsonl            path, size and SHA-256 of each of those, a line each
manifest.json          what this is, whose, when, by which format; the number of rows, the SHA-256 of files.jsonl
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT = "perron-partner/1"
MANIFEST, FILES = "manifest.json", "files.jsonl"
TABLES, MEDIA = "tables/", "media/"

type Line = Annotated[str, Field(max_length=500)]
type Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Whose(_Strict):
    """The partner."""

    id: Line
    slug: Line
    name: Line


class Table(_Strict):
    """One table: its name, its columns, how many rows there are."""

    name: Line
    columns: tuple[Line, ...]
    rows: Annotated[int, Field(ge=0)]


class Manifest(_Strict):
    """What an archive says of itself. `missing` are files that rows name and that were lost."""

    format: Literal["perron-partner/1"]
    made_at: Line
    origin: Line
    build: Line
    partner: Whose
    tables: tuple[Table, ...]
    missing: tuple[Line, ...]
    files_sha256: Digest


class Listed(_Strict):
    """A line of files.jsonl."""

    path: Line
    size: Annotated[int, Field(ge=0)]
    sha256: Digest
