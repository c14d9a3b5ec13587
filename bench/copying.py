"""A copy of somebody's data (GDPR art. 15): its time does not depend on how many others there are."""

import os
import sys
from io import BytesIO
from time import perf_counter

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.plans import not_by_index

from bench import population
from bench.rows import Row, at_most
from perron.privacy import exporting
from perron.privacy.subjects import Subject
from perron.project.preparing import prepare_database

ON_POSTGRESQL = True
FEW, MANY = 10_000, 1_000_000
# What a database may as well read whole.
_SMALL = 1_000


def rows() -> list[Row]:
    """Measure on PostgreSQL where there is one, else on SQLite; the targets are PostgreSQL's."""
    prepare_database()
    database = "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"
    population.add_others(FEW)
    anne = population.add_one(200)
    among_few, queries = _copied(anne)
    population.add_others(MANY, FEW + 1)
    among_many, later = _copied(anne)
    ratio = round(len(later) / len(queries), 3)
    by_reading = not_by_index(later, large=_SMALL)
    for sql in by_reading:
        print(sql, file=sys.stderr)
    largest, _queries = _copied(population.add_one(20_000))
    return [
        at_most(f"copy of 200 rows among {FEW:,} others, {database}", among_few, "s", 1),
        at_most(f"copy of 200 rows among {MANY:,} others, {database}", among_many, "s", 1),
        at_most("… its queries, to those among few", ratio, "×", 1),
        at_most("… its queries that read a whole table", len(by_reading), "", 0),
        at_most(f"copy of 20,000 rows, {database}", largest, "s", 3),
    ]


def _copied(subject: Subject) -> tuple[float, list[dict[str, str]]]:
    """Return the seconds that a second copy takes, and the queries of the first."""
    with CaptureQueriesContext(connection) as captured:
        exporting.archive([subject], language="fr", out=BytesIO())
    began = perf_counter()
    exporting.archive([subject], language="fr", out=BytesIO())
    return perf_counter() - began, captured.captured_queries
