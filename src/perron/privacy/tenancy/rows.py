"""Row-level security, made of the declarations: a policy for each table of tenants, written anew when one changes.

The rule for a row is the same for reading, changing and adding: the statement runs for all, or for one of those whose
the row is. What a declaration calls public is read by everybody. SQLite has nothing of the kind.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from perron.privacy.declaring import NotPersonal, Personal, Tenants
from perron.privacy.gate.collecting import tables
from perron.privacy.tenancy.paths import Step, tenants_of, walk
from perron.privacy.tenancy.scope import SETTING

OWN, PUBLIC = "perron_tenants", "perron_public"
# As subqueries they are evaluated once for a statement, not for every row.
_SETTING = f"(SELECT current_setting('{SETTING}', true))"
_TENANTS = f"(SELECT string_to_array(NULLIF(current_setting('{SETTING}', true), '*'), ',')::uuid[])::uuid[]"
_OFF = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY"
_STANDING = """
    SELECT t.relname, CASE WHEN t.relforcerowsecurity AND t.relrowsecurity THEN obj_description(p.oid, 'pg_policy') END
        FROM pg_policy AS p JOIN pg_class AS t ON t.oid = p.polrelid
        WHERE p.polname = %s AND t.relnamespace = current_schema()::regnamespace"""


def guard() -> list[str]:
    """Bring the policies up to the declarations, and return the tables whose policy was written; nothing on SQLite."""
    if connection.vendor != "postgresql":
        return []
    wanted = policies()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        present = {name for (name,) in cursor.fetchall()}
    standing = _guarded()
    # While an app is migrated back, tables of it are not there.
    stale = [name for name, lines in wanted.items() if name in present and standing.get(name) != _digest(lines)]
    left = sorted(set(standing) - set(wanted))
    with transaction.atomic():
        for name in stale:
            _run(*_away(name), *wanted[name], f"COMMENT ON POLICY {OWN} ON {name} IS '{_digest(wanted[name])}'")
        for name in left:
            _run(*_away(name), _OFF.format(name))
    return [*stale, *left]


def stand_aside() -> None:
    """Take the policies away before tables change: they would hold columns fast, and hide rows from what moves them."""
    if connection.vendor == "postgresql":
        with transaction.atomic():
            for name in _guarded():
                _run(*_away(name), _OFF.format(name))


def policies() -> Mapping[str, tuple[str, ...]]:
    """Return the statements that guard each table of tenants, by its name in the database."""
    return {
        table.model._meta.db_table: tuple(_guarding(table, said)) for table in tables() if (said := tenants_of(table))
    }


def _guarded() -> dict[str, str | None]:
    """Return the tables that have a policy, and its digest if it is in force."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [OWN])
        return dict(cursor.fetchall())


def _run(*lines: str) -> None:
    with connection.cursor() as cursor:
        for line in lines:
            cursor.execute(line)


def _guarding(table: Personal | NotPersonal, said: Tenants) -> Iterator[str]:
    name = table.model._meta.db_table
    own = " OR ".join((f"{_SETTING} = '*'", *(_belongs(table.model, path) for path in said.paths)))
    yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY {OWN} ON {name} USING ({own}) WITH CHECK ({own})"
    if said.public:
        shown = " OR ".join(_is_public(table.model, path, values) for path, values in said.public.items())
        yield f"CREATE POLICY {PUBLIC} ON {name} FOR SELECT USING ({shown})"


def _away(name: str) -> Iterator[str]:
    return (f"DROP POLICY IF EXISTS {policy} ON {name}" for policy in (OWN, PUBLIC))


def _belongs(model: type[Model], path: str) -> str:
    steps, _column = walk(model, path)
    # The last key holds the tenant's identifier: the tenant itself need not be looked up.
    return _exists(model, steps[:-1], f"{{}}.{steps[-1].own} = ANY ({_TENANTS})")


def _is_public(model: type[Model], path: str, values: tuple[Any, ...] | None) -> str:
    steps, column = walk(model, path)
    shown = f"{{}}.{column} IN ({', '.join(f"'{value}'" for value in values)})" if values else "true"
    return _exists(model, steps, shown, by_key=True)


def _exists(model: type[Model], steps: list[Step], condition: str, *, by_key: bool = False) -> str:
    """Return the condition on the last of the rows that the steps lead to, or on the row itself without a step.

    EXISTS may be answered by reading all of a table; `by_key`, one row after the other is looked up: for a table that
    holds what everybody made public.
    """
    names = [model._meta.db_table, *(f"s{number}" for number in range(len(steps)))]
    if not steps:
        return condition.format(names[0])
    joined = ", ".join(f"{step.model._meta.db_table} AS {name}" for step, name in zip(steps, names[1:], strict=True))
    tied = [f"{names[number + 1]}.{step.column} = {names[number]}.{step.own}" for number, step in enumerate(steps)]
    found = f"FROM {joined} WHERE {' AND '.join((*tied, condition.format(names[-1])))}"
    return f"(SELECT true {found} LIMIT 1)" if by_key else f"EXISTS (SELECT {found})"


def _digest(lines: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
