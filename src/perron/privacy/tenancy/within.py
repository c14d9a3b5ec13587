"""The tenants' rows that the code at work may find, where the database does not see to it: on SQLite.

    class Draft(models.Model):
        …
        objects = OfTenants()

PostgreSQL keeps the same rule itself, whatever the query (`rows`): there a manager would only ask twice. As with
restrictions (`privacy.hiding`), what saves rows, and a single row reached by a foreign key, goes around it.
"""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Manager, Model, Q, QuerySet

from perron.privacy.declaring import Tenants
from perron.privacy.tenancy.scope import current

_declared: dict[type[Model], Tenants] = {}


class OfTenants[M: Model](Manager[M]):
    """Finds the rows of those for whom the code acts, and those that everybody reads."""

    def get_queryset(self) -> QuerySet[M]:
        """Return them."""
        return within(super().get_queryset())


def declare(tables: Mapping[type[Model], Tenants]) -> None:
    """Have managers know whose the rows of tables are."""
    _declared.update(tables)


def within[Q_: QuerySet[Any]](rows: Q_) -> Q_:
    """Leave out of `rows` what is neither public nor theirs for whom the code acts; nothing where the database does."""
    tenants = current().tenants
    if tenants is None or connection.vendor == "postgresql":
        return rows
    model = rows.model._meta.concrete_model
    return rows.filter(_condition(model, _declared[model], tenants)) if model in _declared else rows


def _condition(model: Any, said: Tenants, tenants: frozenset[Any]) -> Q:
    found = Q(pk__in=[])
    for path in said.paths if tenants else ():
        found |= _where(model, path, "in", tenants, joined=len(said.paths) == 1)
    for path, values in said.public.items():
        lookup = ("in", values) if values else ("isnull", False)
        found |= _where(model, path, *lookup)
    return found


def _where(model: Any, path: str, lookup: str, value: object, *, joined: bool = True) -> Q:
    wanted = Q(**{f"{path}__{lookup}": value})
    first = model._meta.get_field(path.split("__", maxsplit=1)[0])
    # A join to many rows would give a row several times; one to a row that is gone would hide what others lead to.
    return wanted if joined and not first.one_to_many else Q(pk__in=model._base_manager.filter(wanted).values("pk"))
