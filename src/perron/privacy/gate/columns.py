"""Every table, third parties' too, is declared; every column is, and every file; the way to a person has an index."""

from collections.abc import Iterator

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.core.files.storage import default_storage
from django.db.models import Field, FileField, ForeignKey, Model

from perron.privacy.declaring import NotPersonal, PerRow, Personal, Since, With
from perron.privacy.gate.collecting import tables


def table_gaps() -> Iterator[str]:
    """Yield a sentence for each undeclared, doubly or wrongly declared table or column."""
    declared: dict[type[Model], Personal | NotPersonal] = {}
    for table in tables():
        if table.model in declared:
            yield f"table {name_of(table.model)} is declared twice; keep one declaration."
        declared[table.model] = table
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy:
            continue
        if model not in declared:
            yield f"table {name_of(model)} is undeclared: add it to the personal_data.py of its package."
        else:
            yield from _column_gaps(model, declared[model])
    for table in declared.values():
        if isinstance(table, Personal):
            yield from _personal_gaps(table)


def name_of(model: type[Model]) -> str:
    """Return how messages name a table."""
    return model._meta.label


def _column_gaps(model: type[Model], table: Personal | NotPersonal) -> Iterator[str]:
    said = [*table.columns, *table.others.split()] if isinstance(table, Personal) else table.columns.split()
    present = {field.name for field in model._meta.local_concrete_fields}
    for field in model._meta.local_concrete_fields:
        if isinstance(field, FileField) and field.storage is not default_storage:
            yield (
                f"column {name_of(model)}.{field.name} keeps its files in a store of its own, which nobody declared: "
                "leave out its `storage`."
            )
    for column in sorted(present - set(said)):
        yield f"column {name_of(model)}.{column} is undeclared: say in personal_data.py whether it is personal."
    for column in sorted(set(said) - present):
        yield f"column {name_of(model)}.{column} is declared but does not exist: remove it from personal_data.py."
    for column in sorted({column for column in said if said.count(column) > 1}):
        yield f"column {name_of(model)}.{column} is declared twice; keep it in one place."


def _personal_gaps(table: Personal) -> Iterator[str]:
    fields = {field.name: field for field in table.model._meta.local_concrete_fields}
    label = name_of(table.model)
    for column in sorted(set(table.provided.split()) - set(table.columns)):
        yield f"{label}: {column} is listed as provided by the person but is no personal column; correct `provided`."
    if any(isinstance(field, FileField) for field in fields.values()) and not table.files:
        yield f"{label} has a file column; say with `files` which stored files go with its rows."
    if isinstance(table.activity, PerRow) and table.activity.column not in fields:
        yield f"{label}: there is no column {table.activity.column} with the activity of each row; correct PerRow."
    match table.clock:
        case Since(column=column) if column not in fields:
            yield f"{label}: its clock reads {column}, which is no column; correct `clock`."
        case With(column=column) if not isinstance(fields.get(column), ForeignKey):
            yield f"{label}: leaves with {column}, which is no foreign key; correct `clock`."
        case _:
            yield from _subject_gaps(table)


def _subject_gaps(table: Personal) -> Iterator[str]:
    """Whoever asks for their data must be found without reading everybody's."""
    model = table.model
    for step in table.subject.split("__"):
        try:
            field = model._meta.get_field(step)
        except FieldDoesNotExist:
            yield f"{name_of(table.model)}: its subject {table.subject} leads nowhere; correct `subject`."
            return
        if not isinstance(field, Field) or not _has_index(model, field):
            yield f"column {name_of(model)}.{step} leads to a person but has no index; give it db_index=True."
            return
        model = field.related_model if isinstance(field.related_model, type) else model


def _has_index(model: type[Model], field: Field) -> bool:  # type: ignore[type-arg]
    if field.primary_key or field.unique or getattr(field, "db_index", False):
        return True
    options = model._meta
    first = [
        *(index.fields[0].lstrip("-") for index in options.indexes if index.fields and not index.condition),
        *(getattr(each, "fields", [""])[0] for each in options.constraints if not getattr(each, "condition", None)),
    ]
    return field.name in first
