"""How rows leave their tables: in sets, by declaration. What hangs from a row goes before it, its files after it.

Every statement works on a set of rows by an index; no row is loaded into the program.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from django.apps import apps
from django.db import connection, router, transaction
from django.db.models import CASCADE, SET_NULL, Exists, ForeignKey, Model, OuterRef, Q, QuerySet

from perron.privacy import gate
from perron.privacy.declaring import Blank, Delete, Keep, NotPersonal, Personal, With
from perron.privacy.files import doom
from perron.privacy.hiding import stored

type Mode = Literal["expiry", "erasure"]
type Rows = QuerySet[Any]


@dataclass(frozen=True)
class Tie:
    """A foreign key to rows that leave: `way` is what becomes of the rows that have it; None: they hold the others."""

    model: type[Model]
    column: str
    way: Delete | Blank | None


def children_first() -> list[Personal]:
    """Return the personal tables: those that refer to others before the others, and last those that wait for all."""
    return sorted(
        gate.personal_tables(), key=lambda table: (table.expiry == Delete(when_unused=True), -_depth(table.model))
    )


def take(rows: Rows, way: Delete | Blank, mode: Mode, limit: int | None = None) -> Counter[type[Model]]:
    """Let `rows`, or at most `limit` of them, go in the transaction at hand; return how many went, by table.

    Rows that others hold (`held`) must not be among them.
    """
    tied = isinstance(way, Delete) and (way.when_unused or is_tied(rows.model, mode))
    keys: list[Any] = []
    if limit is not None or tied:
        # Locked where they are looked at again: a row that moves on meanwhile is no longer among them.
        found = rows.select_for_update() if tied or _joins(rows) else rows
        keys = list(found.values_list("pk", flat=True)[:limit])
        if not keys:
            return Counter()
        rows = (stored(rows.model) if _joins(rows) else rows).filter(pk__in=keys)
    gone: Counter[type[Model]] = Counter()
    if tied:
        _take_with_ties(rows.order_by(), keys, mode, gone)
    elif isinstance(way, Blank):
        gone[rows.model] = rows.order_by().update(**_values(way))
    else:
        gone[rows.model] = delete(rows.order_by())
    return gone


def is_tied(model: Any, mode: Mode) -> bool:
    """Say whether other tables, or files, go with a table's rows."""
    return bool(ties(model, mode)) or _has_files(model)


def still_there(way: Delete | Blank) -> Q:
    """Return the condition that a row has not gone by `way` yet."""
    if isinstance(way, Delete):
        return Q()
    known = {name: value for name, value in way.values.items() if not callable(value)}
    if len(known) == 1 and None in known.values():
        # As an index for it is declared: `WHERE … IS NOT NULL`.
        return Q(**{f"{next(iter(known))}__isnull": False})
    same = (Q(**{f"{name}__isnull": True}) if value is None else Q(**{name: value}) for name, value in known.items())
    return ~Q(*same) if known else Q()


def held(model: type[Model], mode: Mode) -> Q | None:
    """Return the condition that a row cannot go because rows that stay refer to it; None where no row can be."""
    conditions = list(_holders(model, mode, ""))
    return Q(*conditions, _connector=Q.OR) if conditions else None


@cache
def ties(model: type[Model], mode: Mode) -> tuple[Tie, ...]:
    """Return the foreign keys that lead to a table."""
    return tuple(
        Tie(other, key.name, _way(declared.get(other), key, mode))
        for declared in [{table.model: table for table in gate.tables()}]
        for other in apps.get_models(include_auto_created=True)
        for key in other._meta.local_concrete_fields
        if isinstance(key, ForeignKey) and key.related_model is model
    )


def _way(table: Personal | NotPersonal | None, key: ForeignKey[Any, Any], mode: Mode) -> Delete | Blank | None:
    """Return what becomes of a row of `table` when the row that its `key` leads to is deleted."""
    on_delete = key.remote_field.on_delete
    if on_delete is SET_NULL or key.related_model is key.model:
        return Blank({key.name: None})
    follows = on_delete is CASCADE
    way: Delete | Blank | Keep = Delete()
    if isinstance(table, Personal):
        follows = follows or table.clock == With(column=key.name)
        way = table.expiry if mode == "expiry" else table.erasure
    if not follows or isinstance(way, Keep) or (isinstance(way, Blank) and way.values.get(key.name, way) is not None):
        return None
    return way


def _holders(model: type[Model], mode: Mode, path: str) -> Iterator[Exists]:
    for tie in ties(model, mode):
        column = f"{tie.column}{path}"
        if tie.way is None:
            yield Exists(stored(tie.model).filter(**{column: OuterRef("pk")}))
        elif isinstance(tie.way, Delete):
            yield from _holders(tie.model, mode, f"__{column}")


def _take_with_ties(rows: Rows, keys: object, mode: Mode, gone: Counter[type[Model]]) -> None:
    model: Any = rows.model
    for tie in ties(model, mode):
        theirs = stored(tie.model).filter(**{f"{tie.column}__in": keys})
        if isinstance(tie.way, Blank):
            gone[tie.model] += theirs.update(**_values(tie.way))
        elif isinstance(tie.way, Delete):
            _take_with_ties(theirs, theirs.values("pk"), mode, gone)
    for table in gate.personal_tables():
        if table.model is rows.model and table.files:
            doom(table.files(rows))
    gone[rows.model] += delete(rows)


def _joins(rows: Rows) -> bool:
    return len(rows.query.alias_map) > 1


def scrub() -> None:
    """After the commit, empty SQLite's write-ahead log, which holds what was stored before; elsewhere do nothing.

    Freed pages are overwritten with zeros at once (`secure_delete` in the settings of the database).
    """
    if connection.vendor == "sqlite":
        transaction.on_commit(_empty_log, robust=True)


def delete(rows: Rows) -> int:
    """Delete by one statement; what refers to the rows has been dealt with."""
    using = router.db_for_write(rows.model)
    return int(rows._raw_delete(using))  # noqa: SLF001 delete() would load every row


def _values(way: Blank) -> Mapping[str, Any]:
    return {name: value() if callable(value) else value for name, value in way.values.items()}


def _empty_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@cache
def _has_files(model: Any) -> bool:
    return any(table.model is model and table.files for table in gate.personal_tables())


@cache
def _depth(model: type[Model]) -> int:
    """Return the longest way down from a table along foreign keys."""
    keys = [key for key in model._meta.local_concrete_fields if isinstance(key, ForeignKey)]
    below = {key.related_model for key in keys} - {model}
    return max((1 + _depth(other) for other in below), default=0)
