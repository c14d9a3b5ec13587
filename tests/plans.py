"""How the database finds what it is asked for: by an index, or by reading a whole table."""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import connection, transaction

# Statements that look for rows; they are only explained, not executed.
_LOOKING = ("SELECT", "UPDATE", "DELETE")


def not_by_index(queries: Iterable[dict[str, str]], *, large: int = 0) -> list[str]:
    """Return those captured statements (`CaptureQueriesContext`) of which a part reads a whole table or index.

    With `large`, tables with fewer rows are passed over, as the database itself plans them; without it, PostgreSQL
    must find another way than reading in small tables too.
    """
    asked = [query["sql"] for query in queries if query["sql"].lstrip("( ").upper().startswith(_LOOKING)]
    assert asked, "nothing was captured"
    return [sql for sql in asked if any(_rows(table) >= large for table in _read_whole(sql, forced=not large))]


def _read_whole(sql: str, *, forced: bool) -> Iterator[str]:
    """Yield the tables of which a statement reads all, or all of an index."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            details = [row[3] for row in cursor.fetchall()]
        yield from (detail.split()[1] for detail in details if detail.startswith("SCAN ") and "CONSTANT" not in detail)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        # In a small table reading all of it is cheaper: what matters is whether there is another way.
        cursor.execute(f"SET LOCAL enable_seqscan = {'off' if forced else 'on'}")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}")
        answer = cursor.fetchone()[0]
        cursor.execute("SET LOCAL enable_seqscan = on")
    plan = json.loads(answer) if isinstance(answer, str) else answer
    for node in _nodes(plan[0]["Plan"]):
        kind = node["Node Type"]
        if kind == "Seq Scan" or ("Index" in kind and "Index Cond" not in node):
            yield node.get("Relation Name", "")


@cache
def _rows(table: str) -> int:
    """Return how many rows a table has; an alias within a statement is taken for a large one."""
    if table not in connection.introspection.table_names():
        return 2**31
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
        return int(cursor.fetchone()[0])


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", []):
        yield from _nodes(below)
