"""Queries about very many rows at once: `column__among=Keys(…)`, and `Key` to read identifiers back.

`__in` writes one parameter for each value, which PostgreSQL parses one by one and SQLite limits; here all of them are
one parameter. And a UUID that is only compared need not become an object: as a key it stays the text that it is.
"""

import json
from collections.abc import Iterable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, F, Func, Lookup, UUIDField
from django.db.models.sql.compiler import SQLCompiler


class Keys:
    """Many values of a column, each in hexadecimal: UUIDs without hyphens, or fingerprints."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = values if isinstance(values, list) else list(values)

    @classmethod
    def of(cls, identifiers: Iterable[UUID]) -> "Keys":
        """Return the keys of UUIDs, in their order."""
        return cls([identifier.hex for identifier in identifiers])

    @cached_property
    def as_json(self) -> str:
        """As SQLite takes them; in order, because it makes a tree of them first, which is twice as fast so."""
        return json.dumps(sorted(self.values))

    @cached_property
    def as_array(self) -> str:
        """As PostgreSQL takes them."""
        return f"{{{','.join(self.values)}}}"


@UUIDField.register_lookup
@CharField.register_lookup
class Among(Lookup):
    """Whether the column holds one of many `Keys`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the condition, for SQLite."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", (*params, self.rhs.as_json)  # noqa: S608

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the condition, for PostgreSQL."""
        column, params = self.process_lhs(compiler, connection)
        kind = "uuid" if isinstance(self.lhs.output_field, UUIDField) else "varchar"
        return f"{column} = ANY(%s::{kind}[])", (*params, self.rhs.as_array)


class Key(Func):
    """The UUID in a column, as a key."""

    # SQLite stores it as one.
    template = "CAST(%(expressions)s AS text)"

    def __init__(self, column: str) -> None:
        super().__init__(F(column), output_field=CharField())

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        """Return the expression, for PostgreSQL."""
        return self.as_sql(compiler, connection, template="replace(CAST(%(expressions)s AS text), '-', '')")
