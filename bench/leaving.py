"""How rows leave: by retention, against a bare DELETE of the same rows; by erasure, however many others there are."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from statistics import median
from time import perf_counter

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.plans import not_by_index

from bench import population
from bench.rows import Row, at_most, compared
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.privacy.retaining import expire
from perron.privacy.subjects import Subject
from perron.project.preparing import prepare_database

ON_POSTGRESQL = True
FEW, MANY = 10_000, 1_000_000
EXPIRING = 500_000
_ROUNDS = 3
# Deeds of ten years ago, in the SQL that both databases share, and what a program deletes that knows one table only.
_DUE = datetime(2026, 1, 1, tzinfo=UTC)
_BARE = "DELETE FROM privacy_auditentry WHERE at <= '2023-01-01'"
_DEEDS = (
    "INSERT INTO privacy_auditentry (id, at, actor_kind, actor_id, verb, object_kind, object_id, detail) "
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
    "SELECT {uuid}, {at}, 'person', {uuid}, 'draft', 'item', {uuid}, '{{}}' FROM n"
)
_AT = {
    "postgresql": "timestamptz '2016-01-01' + i * interval '1 minute'",
    "sqlite": "datetime('2016-01-01', '+' || i || ' minutes')",
}


def rows() -> list[Row]:
    """Measure on PostgreSQL where there is one, else on SQLite; the times are PostgreSQL's."""
    prepare_database()
    database = "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"
    return [*_retention(database), *_erasure(database)]


def _retention(database: str) -> list[Row]:
    ours, bare = [], []
    for _ in range(_ROUNDS):
        bare.append(_timed(_delete_bare))
        ours.append(_timed(lambda: expire(as_of=_DUE)))
    value, reference = EXPIRING / median(ours), EXPIRING / median(bare)
    name = f"retention: rows expired, against a bare DELETE, {database}"
    return [compared(name, value, "rows/s", reference=reference, ratio=value / reference, least=0.5)]


def _erasure(database: str) -> list[Row]:
    population.add_others(FEW)
    _erased(population.add_one(200))
    among_few, queries = _erased(population.add_one(200))
    population.add_others(MANY, FEW + 1)
    among_many, later = _erased(population.add_one(200))
    by_reading = not_by_index(later, large=1_000)
    largest, _queries = _erased(population.add_one(20_000))
    return [
        at_most(f"erasure of 200 rows among {FEW:,} others, {database}", among_few, "s", 1),
        at_most(f"erasure of 200 rows among {MANY:,} others, {database}", among_many, "s", 1),
        at_most("… its queries, to those among few", round(len(later) / len(queries), 3), "×", 1),
        at_most("… its queries that read a whole table", len(by_reading), "", 0),
        at_most(f"erasure of 20,000 rows, evidence included, {database}", largest, "s", 2),
    ]


def _timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes with as many deeds as ever to expire, in a database at rest."""
    words = {"rows": EXPIRING, "uuid": population.UUID[connection.vendor], "at": _AT[connection.vendor]}
    with connection.cursor() as cursor:
        cursor.execute(_DEEDS.format(**words))
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    began = perf_counter()
    work()
    return perf_counter() - began


def _delete_bare() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BARE)


def _erased(subject: Subject) -> tuple[float, list[dict[str, str]]]:
    """Return the seconds that an erasure takes, and its queries."""
    began = perf_counter()
    with CaptureQueriesContext(connection) as captured:
        erase([subject], by=SYSTEM)
    return perf_counter() - began, captured.captured_queries
