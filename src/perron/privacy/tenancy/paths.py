"""Which table's rows are tenants, and the ways there from the tables that are theirs."""

from dataclasses import dataclass

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from perron.privacy.declaring import NotPersonal, Personal, Tenants

_known: list[type[Model]] = []


class LeadsNowhere(Exception):
    """A path names a relation or column that is not there; the message is its step."""


@dataclass(frozen=True)
class Step:
    """From a row to those of `model` whose `column` equals the row's `own` column."""

    own: str
    model: type[Model]
    column: str


def tenants_are(model: type[Model]) -> None:
    """Register the table whose rows are tenants: the organisations that must not see what is another's."""
    if _known and _known != [model]:
        raise ValueError("two tables are tenants")
    _known[:] = [model]


def tenant_model() -> type[Model] | None:
    """Return the registered table."""
    return _known[0] if _known else None


def tenants_of(table: Personal | NotPersonal) -> Tenants | None:
    """Return what a declaration says of tenants, None where its rows are nobody's."""
    if isinstance(table.tenant, str):
        return Tenants(table.tenant)
    return table.tenant if isinstance(table.tenant, Tenants) else None


def walk(model: type[Model], path: str) -> tuple[list[Step], str]:
    """Return the steps of a lookup path from `model` on, by foreign keys in either direction, and the column that it
    ends with: a plain one, or "" if it ends with a relation. Raises `LeadsNowhere`."""
    steps: list[Step] = []
    for name in path.split("__"):
        try:
            field = model._meta.get_field(name)
        except FieldDoesNotExist as error:
            raise LeadsNowhere(name) from error
        if not field.is_relation:
            if name != path.rsplit("__", maxsplit=1)[-1]:
                raise LeadsNowhere(name)
            return steps, str(field.column)  # type: ignore[union-attr]
        steps.append(_step(field, name))
        model = steps[-1].model
    return steps, ""


def _step(field, name: str) -> Step:  # type: ignore[no-untyped-def]
    if not isinstance(field.related_model, type) or field.many_to_many:
        raise LeadsNowhere(name)
    if field.auto_created and not field.concrete:
        # From the other end of a foreign key.
        own, other = field.remote_field.target_field.column, field.remote_field.column
    else:
        own, other = field.column, field.target_field.column
    return Step(str(own), field.related_model, str(other))
