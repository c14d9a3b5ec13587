"""The index as each database has it: SQLite's FTS5, PostgreSQL's GIN. Both look up the same words.

Terms are normalised words and marks of `words.py`: no character of them means anything to either.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from perron.privacy.leaving import scrub

_SQLITE = """
    SELECT entry.item_id
        FROM publishing_search AS found CROSS JOIN publishing_searchentry AS entry ON entry.id = found.rowid
        WHERE found.publishing_search MATCH %s AND (entry.expires_at IS NULL OR entry.expires_at > %s)
        ORDER BY found.rowid DESC LIMIT %s"""
# All that match are collected before they are put in order: left to itself, the planner walks through the newest
# entries and reads the words of each, which takes a second where the words that are asked for are rarely together.
_POSTGRESQL = """
    WITH found AS MATERIALIZED (
        SELECT id, item_id FROM publishing_searchentry
            WHERE array_to_tsvector(string_to_array(words, ' ')) @@ %s::tsquery
                AND (expires_at IS NULL OR expires_at > %s))
    SELECT item_id FROM found ORDER BY id DESC LIMIT %s"""

# Pages of the index that are merged in one transaction: others can write in between.
_STEP = 500
_SETTLED = 2

type Term = tuple[str, bool]


def newest(terms: Sequence[Term], one_of: Sequence[Sequence[str]], *, at: datetime, most: int) -> list[UUID]:
    """Return the items, latest first, that have all `terms` (word, whether a beginning counts) and at least one mark of
    each of `one_of`, and that have not expired `at` that moment."""
    moment = connection.ops.adapt_datetimefield_value(at)
    if connection.vendor == "sqlite":
        return [UUID(found) for found in _rows(_SQLITE, [_fts5(terms, one_of), moment, most])]
    with transaction.atomic():
        # Reading the whole table means taking the words of every entry apart, which the planner thinks is cheap.
        _run("SET LOCAL enable_seqscan = off")
        found = _rows(_POSTGRESQL, [_tsquery(terms, one_of), moment, most])
        _run("SET LOCAL enable_seqscan TO DEFAULT")
    return found


def tidy() -> None:
    """Take the words of what has left out of the index. FTS5 keeps them until its parts are merged; GIN does not."""
    if connection.vendor != "sqlite":
        return
    # A negative number begins to merge everything (https://sqlite.org/fts5.html, 6.8), a positive one goes on.
    pages = -_STEP
    while True:
        with transaction.atomic():
            before = _rows("SELECT total_changes()", [])[0]
            _run("INSERT INTO publishing_search (publishing_search, rank) VALUES ('merge', %s)", [pages])
            changed = _rows("SELECT total_changes()", [])[0] - before
        if changed < _SETTLED:
            break
        pages = _STEP
    if pages == _STEP:
        scrub()


def _fts5(terms: Sequence[Term], one_of: Sequence[Sequence[str]]) -> str:
    every = [f'"{word}"{"*" if begins else ""}' for word, begins in terms]
    every += [f"({' OR '.join(f'"{mark}"' for mark in marks)})" for marks in one_of]
    return " AND ".join(every)


def _tsquery(terms: Sequence[Term], one_of: Sequence[Sequence[str]]) -> str:
    every = [f"'{word}'{':*' if begins else ''}" for word, begins in terms]
    every += [f"({' | '.join(f"'{mark}'" for mark in marks)})" for marks in one_of]
    return " & ".join(every)


def _rows(sql: str, parameters: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchall()]


def _run(sql: str, parameters: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
