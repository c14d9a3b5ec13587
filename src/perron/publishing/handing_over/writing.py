"""Writing a partner's archive in a stream: nothing is held in memory but a batch of rows, or a piece of a file."""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Model

from perron.communities.access import permit
from perron.communities.models import Partner
from perron.communities.permissions import HAND_OVER
from perron.core.clock import now
from perron.core.zips import Hashed
from perron.privacy import auditing
from perron.privacy.acting import Actor
from perron.privacy.evidence import recording
from perron.privacy.evidence.chain import JSON
from perron.privacy.hiding import stored
from perron.publishing.handing_over.format import FILES, MANIFEST, MEDIA, TABLES, Listed, Manifest, Table, Whose
from perron.publishing.handing_over.parts import Part, Row, no_files, parts

_PIECE = 1 << 16
_ROWS = 500
_OWNER_ONLY = 0o600 << 16


@dataclass(frozen=True)
class Written:
    """What was written: its size in bytes, its SHA-256 in hexadecimal, how many rows and files are in it."""

    size: int
    sha256: str
    rows: int
    files: int


def hand_over(partner: Partner, out: IO[bytes], *, by: Actor) -> Written:
    """Write everything of `partner` to `out`, which need not be seekable. Raises `NotAllowed`.

    PostgreSQL gives one moment's view of it all. SQLite writes go on meanwhile: rows that came with something written
    later than its table are left out.
    """
    permit(by, HAND_OVER, partner)
    with _one_moment():
        written = _Archive(out, partner).write()
    with transaction.atomic():
        about: dict[str, JSON] = {"partner": str(partner.pk), "size": written.size, "sha256": written.sha256}
        auditing.record("hand over", partner, by=by, tenant=partner.pk, rows=written.rows, files=written.files)
        recording.record("hand_over", None, by=by, about=about)
    return written


class _Archive:
    def __init__(self, out: IO[bytes], partner: Partner) -> None:
        self._out = Hashed(out)
        self._zip = ZipFile(self._out, "w", ZIP_DEFLATED)
        self._partner = partner
        # The keys of rows that others lead to, or that have files.
        self._known: dict[type[Model], set[Any]] = {
            model: set()
            for part in parts()
            for model in (part.model, *_leads_to(part))
            if part.files is not no_files or any(model in _leads_to(other) for other in parts())
        }
        self._files = 0
        self._missing: list[str] = []

    def write(self) -> Written:
        with tempfile.TemporaryFile() as listed:
            tables = [self._table(part, listed) for part in parts()]
            for part in parts():
                self._media(part, listed)
            self._manifest(tables, listed)
        self._zip.close()
        rows = sum(table.rows for table in tables)
        return Written(self._out.size, self._out.digest.hexdigest(), rows, self._files)

    def _table(self, part: Part, listed: IO[bytes]) -> Table:
        known = self._known.get(part.model)
        count = 0
        with self._entry(f"{TABLES}{part.name}.jsonl", listed) as file:
            for row in self._rows(part):
                given = _given(row, part)
                if not self._is_whole(given, part):
                    continue
                if known is not None:
                    known.add(row.pk)
                file.write(json.dumps(given, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
                count += 1
        return Table(name=part.name, columns=tuple(column.attname for column in part.columns), rows=count)

    def _rows(self, part: Part) -> Iterator[Any]:
        found = stored(part.model).filter(part.of(self._partner.pk)).order_by("pk")
        return found.iterator(chunk_size=_ROWS)

    def _is_whole(self, given: Row, part: Part) -> bool:
        """Empty what leads to others, where a column may; say whether the rest leads to rows that go along."""
        outside = set(part.outside.split())
        for column in part.columns:
            value = given[column.attname]
            if not column.remote_field or value is None or UUID(value) in self._known[column.remote_field.model]:
                continue
            if column.name not in outside and not _is_person(column):
                return False
            given[column.attname] = None
        return True

    def _media(self, part: Part, listed: IO[bytes]) -> None:
        for row in self._rows(part) if part.files is not no_files else ():
            if row.pk not in self._known[part.model]:
                continue
            for name in part.files(row):
                self._copy(name, listed)

    def _copy(self, name: str, listed: IO[bytes]) -> None:
        try:
            kept = default_storage.open(name)
        except FileNotFoundError:
            self._missing.append(name)
            return
        # Pictures and documents are compressed already.
        with kept, self._entry(f"{MEDIA}{name}", listed, ZIP_STORED) as file:
            while piece := kept.read(_PIECE):
                file.write(piece)
        self._files += 1

    def _manifest(self, tables: list[Table], listed: IO[bytes]) -> None:
        listed.seek(0)
        digest = hashlib.sha256()
        with self._zip.open(_info(FILES), "w") as file:
            while piece := listed.read(_PIECE):
                digest.update(piece)
                file.write(piece)
        partner = self._partner
        manifest = Manifest(
            format="perron-partner/1",
            made_at=now().isoformat(),
            origin=settings.PERRON_ORIGIN,
            build=settings.PERRON_BUILD,
            partner=Whose(id=str(partner.pk), slug=partner.slug, name=partner.name),
            tables=tuple(tables),
            missing=tuple(self._missing),
            files_sha256=digest.hexdigest(),
        )
        self._zip.writestr(_info(MANIFEST), manifest.model_dump_json(indent=1))

    @contextmanager
    def _entry(self, path: str, listed: IO[bytes], how: int = ZIP_DEFLATED) -> Iterator["Hashed"]:
        """Open one file of the archive, and list it when it is written."""
        with self._zip.open(_info(path, how), "w", force_zip64=True) as opened:
            file = Hashed(opened)
            yield file
        line = Listed(path=path, size=file.size, sha256=file.digest.hexdigest())
        listed.write(line.model_dump_json().encode() + b"\n")


def _leads_to(part: Part) -> set[type[Model]]:
    return {column.remote_field.model for column in part.columns if column.remote_field}


def _given(row: Model, part: Part) -> Row:
    return {column.attname: _plain(column.value_from_object(row)) for column in part.columns}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | float | dict | list):
        return str(value) if isinstance(value, str) else value
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _is_person(column: Any) -> bool:
    return bool(column.null) and column.remote_field.model._meta.label == "accounts.Person"


def _info(path: str, how: int = ZIP_DEFLATED) -> ZipInfo:
    local = now()
    entry = ZipInfo(path, (local.year, local.month, local.day, local.hour, local.minute, local.second))
    entry.compress_type = how
    entry.external_attr = _OWNER_ONLY
    return entry


@contextmanager
def _one_moment() -> Iterator[None]:
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
