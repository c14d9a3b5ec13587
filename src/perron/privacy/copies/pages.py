"""The pages of a copy that are read: self-contained, without script, in the person's language.

Rows arrive while `data.json` is written, and wait in an unnamed temporary file, which is gone with the process.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from itertools import islice
from types import TracebackType
from typing import Any, Self

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from perron.core.clock import BRUSSELS
from perron.privacy.copies.explaining import kept, source
from perron.privacy.copies.holdings import SERVES, UNTIL, Column, Holding, Row
from perron.privacy.policy.documents import Part
from perron.privacy.policy.labels import day_words
from perron.privacy.policy.texts import Texts

# A table begins on the first page, and goes on in pages of its own.
FIRST = 100
FURTHER = 2_000
_EVIDENCE = "about"


@dataclass
class _Spooled:
    """Where the rows of one table lie in the temporary file: the ends of its pages, and its files."""

    start: int
    ends: list[int] = field(default_factory=list)
    rows: int = 0
    files: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """The beginning of a table as a page shows it; `rows` is the body of a table in HTML."""

    id: str
    label: str
    count: int
    shown: int
    source: str
    kept: list[str]
    heads: list[str]
    withheld: list[str]
    rows: SafeString


def preview(holding: Holding, words: Texts, most: int) -> Preview:
    """Return the first rows of a table, at most `most`, for a screen."""
    told, keys = _Words(holding, words), _keys(holding)
    rows = [_line(row, keys, told) for row in islice(holding.rows(), most)]
    said = _about(holding, words)
    return Preview(id=holding.name.replace(".", "-").lower(), shown=len(rows), rows=SafeString("".join(rows)), **said)


class Pages:
    """Collects the rows, then yields the pages. A context manager: on leaving it, the temporary file is gone."""

    def __enter__(self) -> Self:
        self._file = tempfile.TemporaryFile()
        self._tables: list[_Spooled] = []
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._file.close()

    def begin(self, holding: Holding, words: Texts) -> None:
        """Begin a table."""
        self._keys = _keys(holding)
        self._words = _Words(holding, words)
        self._tables.append(_Spooled(self._file.tell()))

    def add(self, row: Row) -> None:
        """Add a row to the table."""
        table = self._tables[-1]
        if table.rows >= FIRST and (table.rows - FIRST) % FURTHER == 0:
            table.ends.append(self._file.tell())
        self._file.write(_line(row, self._keys, self._words).encode())
        table.rows += 1

    def end(self, files: list[dict[str, Any]]) -> None:
        """End the table; `files` belong to it."""
        self._tables[-1].ends.append(self._file.tell())
        self._tables[-1].files = files

    def written(
        self, parts: Sequence[Part], held: Sequence[Holding], words: Texts, made_at: datetime
    ) -> Iterator[tuple[str, str]]:
        """Yield the path and the text of each page."""
        shared = {"language": words.language, "operator": words.policy.operator, "made_on": _day(made_at)}
        tables = [
            {
                "id": f"table-{number}",
                **_about(holding, words),
                "rows": self._rows(spooled, 0),
                "further": [_path(number, page) for page in range(1, len(spooled.ends))],
                "files": spooled.files,
            }
            for number, (holding, spooled) in enumerate(zip(held, self._tables, strict=True), 1)
        ]
        yield "index.html", render_to_string("privacy/copy/index.html", {**shared, "parts": parts, "tables": tables})
        for table, spooled in zip(tables, self._tables, strict=True):
            for page in range(1, len(spooled.ends)):
                context = {**shared, "table": table, "page": page + 1, "rows": self._rows(spooled, page)}
                yield str(table["further"][page - 1]), render_to_string("privacy/copy/rows.html", context)

    def _rows(self, spooled: _Spooled, page: int) -> SafeString:
        start = spooled.ends[page - 1] if page else spooled.start
        self._file.seek(start)
        return SafeString(self._file.read(spooled.ends[page] - start).decode())


def _about(holding: Holding, words: Texts) -> dict[str, Any]:
    return {
        "label": holding.label,
        "count": holding.count,
        "source": source(holding.table),
        "kept": list(dict.fromkeys(kept(holding.table, activity, words) for activity in holding.counts)),
        "heads": _heads(holding),
        "withheld": [column.label for column in holding.columns if column.withheld],
    }


def _keys(holding: Holding) -> list[str]:
    return [column.name for column in _shown(holding)] + _marks(holding)


def _line(row: Row, keys: list[str], words: "_Words") -> str:
    cells = "".join([f"<td>{words.of(key, row[key])}</td>" for key in keys])
    return f"<tr>{cells}</tr>\n"


def _path(table: int, page: int) -> str:
    return f"tables/{table}-{page + 1}.html"


def _heads(holding: Holding) -> list[str]:
    names = {UNTIL: _("kept until"), SERVES: _("activity")}
    return [column.label for column in _shown(holding)] + [names[mark] for mark in _marks(holding)]


def _shown(holding: Holding) -> list[Column]:
    """Return the columns of the page: whose row it is stands in each, and says nothing to the person."""
    return [column for column in holding.given() if column.name.removesuffix("_id") != holding.owner]


def _day(moment: datetime) -> str:
    return day_words(moment.astimezone(BRUSSELS).date())


def _marks(holding: Holding) -> list[str]:
    return [mark for mark, said in ((SERVES, holding.says_activity), (UNTIL, holding.says_until)) if said]


class _Words:
    """The values of a table as words, escaped for HTML, in the language that is active when it is made."""

    def __init__(self, holding: Holding, words: Texts) -> None:
        self._yes, self._no = escape(_("yes")), escape(_("no"))
        activities = {key: words.activity(key).name for key in words.policy.activities}
        self._names = {SERVES: activities, **dict.fromkeys(("activity", "activities"), activities)}
        for column in holding.given():
            if choices := _choices(holding.table.model, column.name):
                self._names[column.name] = choices

    def of(self, key: str, value: Any) -> str:
        """Return a value of the column `key`."""
        if isinstance(value, str):
            named = self._names.get(key, {}).get(value, value)
            return self._evidence(value) if key == _EVIDENCE else escape(named) or "–"
        if isinstance(value, datetime):
            return f"<time>{value.astimezone(BRUSSELS):%Y-%m-%d %H:%M}</time>"
        return self._plain(value, self._names.get(key, {}))

    def _evidence(self, value: str) -> str:
        # JSON in a text, of which each character counts.
        with suppress(ValueError):
            return self._plain(json.loads(value), {})
        return escape(value)

    def _plain(self, value: Any, names: Mapping[str, str]) -> str:
        """Return a value that may hold others: lists in lists, each with its name where it has one."""
        if value is None or value in ("", [], {}):
            return "–"
        if isinstance(value, bool):
            return self._yes if value else self._no
        if isinstance(value, dict):
            said = "".join(f"<li>{escape(str(key))}: {self._plain(each, names)}</li>" for key, each in value.items())
            return f"<ul>{said}</ul>"
        if isinstance(value, list):
            if all(isinstance(each, str | int) for each in value):
                return escape(", ".join(names.get(str(each), str(each)) for each in value))
            return "<ul>" + "".join(f"<li>{self._plain(each, names)}</li>" for each in value) + "</ul>"
        return escape(str(value))


def _choices(model: Any, path: str) -> dict[str, str]:
    """Return the words for the values of a column, which a foreign key may lead to."""
    *keys, name = path.split("__")
    for key in keys:
        model = model._meta.get_field(key).related_model
    return {str(value): str(label) for value, label in getattr(model._meta.get_field(name), "flatchoices", ())}
