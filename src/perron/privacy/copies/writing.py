"""Writes a copy as a zip, in a stream: nothing is held in memory but a batch of rows, or a piece of a file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder

from perron.core.clock import BRUSSELS, now
from perron.core.zips import Hashed
from perron.privacy.copies.explaining import kept, source
from perron.privacy.copies.format import FORMAT, schema
from perron.privacy.copies.holdings import Holding
from perron.privacy.copies.pages import Pages
from perron.privacy.policy.documents import Part
from perron.privacy.policy.texts import Texts
from perron.privacy.subjects import Subject

_PIECE = 1 << 16
_ROWS = 500
_OWNER_ONLY = 0o600 << 16


class Writer:
    """One copy being written to `out`."""

    def __init__(self, out: IO[bytes], kind: str, subjects: Sequence[Subject], words: Texts) -> None:
        self._out = Hashed(out)
        self._zip = ZipFile(self._out, "w", ZIP_DEFLATED)
        self._kind = kind
        self._subjects = subjects
        self._words = words
        self._made_at = now()

    def write_data(self, parts: Sequence[Part], held: Sequence[Holding], pages: Pages | None) -> None:
        """Write `data.json` and its schema; each row also goes to `pages`."""
        self._write("schema.json", json.dumps(schema(), indent=1, ensure_ascii=False))
        with self._zip.open(self._entry("data.json"), "w") as file:
            head = _json(self._head(parts))
            file.write(f'{head[:-1]}, "tables": ['.encode())
            for position, holding in enumerate(held):
                file.write(b",\n" if position else b"\n")
                for piece in self._table(holding, pages):
                    file.write(piece.encode())
            file.write(b"\n]}\n")

    def write_pages(self, pages: Pages, parts: Sequence[Part], held: Sequence[Holding]) -> None:
        """Write the pages that are read: the first one, and those on which long tables go on."""
        for path, text in pages.written(parts, held, self._words, self._made_at):
            self._write(path, text)

    def write_files(self, held: Sequence[Holding]) -> int:
        """Write the stored files of the rows and return how many; one that is lost on the disk is left out."""
        written = 0
        for holding in held:
            for name in holding.files():
                written += self._copy(name)
        return written

    def close(self) -> tuple[int, str]:
        """Finish the zip, and return its size and SHA-256."""
        self._zip.close()
        return self._out.size, self._out.digest.hexdigest()

    def _head(self, parts: Sequence[Part]) -> dict[str, Any]:
        operator = self._words.policy.operator
        return {
            "format": FORMAT,
            "kind": self._kind,
            "made_at": self._made_at,
            "language": self._words.language,
            "controller": {
                "name": operator.name,
                "address": self._words.address(operator),
                "email": operator.email,
                "telephone": operator.telephone,
                "website": operator.website,
                "enterprise_number": operator.enterprise_number,
            },
            "subjects": [{"kind": subject.kind, "id": str(subject.id)} for subject in self._subjects],
            "about": [
                {"id": part.id, "title": part.title, "lead": part.lead, "facts": [asdict(fact) for fact in part.facts]}
                for part in parts
            ],
        }

    def _table(self, holding: Holding, pages: Pages | None) -> Iterator[str]:
        activities = list(holding.counts)
        head = {
            "table": holding.name,
            "label": holding.label,
            "activities": activities,
            "source": source(holding.table),
            "kept": list(dict.fromkeys(kept(holding.table, activity, self._words) for activity in activities)),
            "columns": [asdict(column) for column in holding.columns],
        }
        yield f'{_json(head)[:-1]}, "rows": ['
        if holding.columns:
            yield from self._rows(holding, pages)
        files = [{"path": f"files/{name}", "size": _size(name)} for name in holding.files()]
        if pages:
            pages.end(files)
        yield f'], "files": {_json(files)}}}'

    def _rows(self, holding: Holding, pages: Pages | None) -> Iterator[str]:
        batch: list[str] = []
        before = "\n"
        if pages:
            pages.begin(holding, self._words)
        for row in holding.rows():
            batch.append(_json(row))
            if pages:
                pages.add(row)
            if len(batch) == _ROWS:
                yield before + ",\n".join(batch)
                batch, before = [], ",\n"
        if batch:
            yield before + ",\n".join(batch)

    def _copy(self, name: str) -> int:
        try:
            stored = default_storage.open(name)
        except FileNotFoundError:
            return 0
        # Pictures and documents are compressed already.
        with stored, self._zip.open(self._entry(f"files/{name}", ZIP_STORED), "w") as file:
            while piece := stored.read(_PIECE):
                file.write(piece)
        return 1

    def _write(self, path: str, text: str) -> None:
        self._zip.writestr(self._entry(path), text.encode())

    def _entry(self, path: str, how: int = ZIP_DEFLATED) -> ZipInfo:
        local = self._made_at.astimezone(BRUSSELS)
        entry = ZipInfo(path, (local.year, local.month, local.day, local.hour, local.minute, local.second))
        entry.compress_type = how
        entry.external_attr = _OWNER_ONLY
        return entry


class _Encoder(DjangoJSONEncoder):
    """As Django's, but moments keep their microseconds and say that they are in UTC."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime) else super().default(o)


_encoder = _Encoder(ensure_ascii=False)


def _json(value: Any) -> str:
    return _encoder.encode(value)


def _size(name: str) -> int | None:
    try:
        return default_storage.size(name)
    except FileNotFoundError:
        return None
