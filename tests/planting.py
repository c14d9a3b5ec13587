"""Plants rows about somebody in any declared table, with values that are found again wherever they are left.

The tables are not known by name: whatever a package declares is planted as its columns say.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import ForeignKey, Model, OneToOneField

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy import gate
from perron.privacy.declaring import PerRow, Personal
from perron.privacy.subjects import Subject

# What cannot be worked out from a column's type, by "app.Model.column" or by the column's name.
SPECIAL: dict[str, Any] = {
    "language": "fr",
    "activity": "C",
    "subject_kind": "person",
    "actor_kind": "person",
    "by_kind": "person",
    "audience.Webhook.secret": "v1:planted",
    "communities.Community.names": {"fr": "Liège"},
    "communities.Community.languages": ["fr"],
    "communities.Community.kind": "commune",
    "communities.Platform.logo": "",
    "publishing.Item.kind": "news",
    "publishing.Image.widths": [320],
}
_SHORT = 12
_numbers = count(1_000_000)
# Small enough for every column.
_ordinals = count(1)


def personal_tables() -> list[Personal]:
    """Return the declared tables that hold personal data, those that others lead to first."""
    return [table for table in gate.tables() if isinstance(table, Personal)]


def mark(table: Personal, column: str, number: int = 1) -> str:
    """Return the words that `plant` writes into a text column: they occur nowhere else."""
    return f"planted-{table.model.__name__}-{column}-{number}".lower().replace("_", "-")


def plant(table: Personal, subject: Subject, rows: int = 1, **columns: Any) -> list[Model]:
    """Save `rows` rows about `subject` and return them; one where the table holds but one for each subject.

    `columns` are set as given. The row of an account is that of `subject` itself and is made if there is none.
    """
    if table.subject == "id":
        return [_account(table, subject, columns)]
    leads, _, rest = table.subject.partition("__")
    parent = _parent(table.model._meta.get_field(leads), rest, subject) if rest else None
    shared: dict[str, Any] = {leads: parent} if parent else {table.subject: subject.id}
    numbers = range(1, rows + 1)
    if holds_one(table):
        if already := list(table.model._base_manager.filter(**{table.subject: subject.id})):
            return already
        numbers = range(1, 2)
    planted = [table.model(**_values(table, number, shared | columns)) for number in numbers]
    return list(table.model._base_manager.bulk_create(planted, batch_size=500))


def plant_of(model: type[Model], path: str, tenant: Model) -> Model:
    """Save a row of `model` that is `tenant`'s by the lookup path, with all that it hangs from there, and return it.

    What else it needs is another's: any row that there is.
    """
    leads, _, rest = path.partition("__")
    field: Any = model._meta.get_field(leads)
    if field.one_to_many:
        made = model._base_manager.create(**_filled(model, next(_ordinals), {}))
        child = plant_of(field.related_model, rest, tenant)
        field.related_model._base_manager.filter(pk=child.pk).update(**{field.remote_field.name: made})
        return made
    parent = plant_of(field.related_model, rest, tenant) if rest else tenant
    keys = [key for key in model._meta.concrete_fields if isinstance(key, OneToOneField) and key.name != leads]
    others = {key.name: _another(key.related_model) for key in keys if not key.null}
    return model._base_manager.create(**_filled(model, next(_ordinals), {leads: parent, **others}))


def _account(table: Personal, subject: Subject, columns: dict[str, Any]) -> Model:
    found = table.model._base_manager.filter(pk=subject.id).first()
    return found or table.model._base_manager.create(**_values(table, 1, {"id": subject.id} | columns))


def _parent(field: Any, rest: str, subject: Subject) -> Model:
    """Return the row that `field` leads to, about `subject` by the path `rest`."""
    model = field.related_model
    declared = {table.model: table for table in personal_tables()}
    if model in declared and declared[model].subject == rest:
        return plant(declared[model], subject)[0]
    leads, _, further = rest.partition("__")
    own = {leads: _parent(model._meta.get_field(leads), further, subject)} if further else {leads: subject.id}
    return model._base_manager.create(**_filled(model, 1, own))  # type: ignore[no-any-return]


def holds_one(table: Personal) -> bool:
    """Say whether a uniqueness constraint refuses a second row about the same subject."""
    first = table.subject.split("__")[0].removesuffix("_id")
    fields = table.model._meta.concrete_fields
    field = next(field for field in fields if first in {field.name, field.attname.removesuffix("_id")})
    together = [names for names in _unique_together(table.model) if field.name in names]
    return field.unique or any(not any(_varies(table.model, name) for name in names) for names in together)


def _unique_together(model: type[Model]) -> list[tuple[str, ...]]:
    constraints = [c for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]
    return [*(tuple(constraint.fields) for constraint in constraints), *map(tuple, model._meta.unique_together)]


def _varies(model: type[Model], name: str) -> bool:
    """Say whether two planted rows have different values there."""
    field = _field(model, name)
    return isinstance(field, models.CharField | models.TextField | models.IntegerField) and not field.choices


def _values(table: Personal, number: int, given: dict[str, Any]) -> dict[str, Any]:
    fields = (_field(table.model, column) for column in table.columns)
    made = {field.name: _words(field, number) for field in fields if _is_text(field)}
    if isinstance(table.activity, PerRow):
        made[table.activity.column] = "C"
    return _filled(table.model, number, made | given)


def _field(model: type[Model], column: str) -> Any:
    return model._meta.get_field(column)


def _is_text(field: Any) -> bool:
    plain = isinstance(field, models.CharField | models.TextField) and not field.choices
    return plain and not isinstance(field, models.EmailField) and field.name not in SPECIAL


def _is_unique(field: Any) -> bool:
    return field.unique or any(field.name in names for names in _unique_together(field.model))


def _holds(field: Any, words: str) -> bool:
    return field.max_length is None or len(words) <= field.max_length


def _filled(model: type[Model], number: int, given: dict[str, Any]) -> dict[str, Any]:
    """Return a value for each column that `given` leaves open and that may not be empty."""
    taken = {name.removesuffix("_id") for name in given}
    return given | dict(_missing(model, number, taken))


def _missing(model: type[Model], number: int, taken: set[str]) -> Iterator[tuple[str, Any]]:
    for field in model._meta.concrete_fields:
        if field.name.removesuffix("_id") in taken or field.name in taken or isinstance(field, models.FileField):
            continue
        special = SPECIAL.get(f"{model._meta.label}.{field.name}", SPECIAL.get(field.name))
        if special is not None and not isinstance(field, ForeignKey):
            yield field.name, special
        elif field.null or (field.has_default() and not _is_text(field)) or isinstance(field, models.AutoField):
            continue
        else:
            yield field.name, _plain(field, number)


def _leads_a_unique_pair(field: Any) -> bool:
    """Say whether two rows that lead to the same things are refused, and this key is the first of those."""
    return any(
        names[0] == field.name and all(isinstance(_field(field.model, name), ForeignKey) for name in names)
        for names in _unique_together(field.model)
    )


def _another(model: type[Model]) -> Model:
    return model._base_manager.create(**_filled(model, next(_numbers), {}))


def _plain(field: Any, number: int) -> Any:
    if isinstance(field, ForeignKey):
        return _another(field.related_model) if _leads_a_unique_pair(field) else _first(field.related_model)
    if isinstance(field, models.CharField | models.TextField):
        return _words(field, number)
    if isinstance(field, models.IntegerField) and _is_unique(field):
        return next(_numbers)
    return next((value() for kind, value in _PLAIN.items() if isinstance(field, kind)), number)


# A moment is a date too: the narrower type comes first.
_PLAIN: dict[type[Any], Callable[[], Any]] = {
    models.DateTimeField: now,
    models.DateField: lambda: now().date(),
    models.UUIDField: uuid7,
    models.BooleanField: lambda: True,
    models.JSONField: dict,
}


def _words(field: Any, number: int) -> Any:
    words = f"planted-{field.model.__name__}-{field.name}-{number}".lower().replace("_", "-")
    if field.choices:
        return next(iter(field.flatchoices))[0]
    # What must be unique says so at its end.
    own = f"{words}-{uuid7().hex[-_SHORT:]}" if _is_unique(field) else words
    if isinstance(field, models.EmailField):
        return f"{own}@example.org"
    return own if _holds(field, own) else uuid7().hex[-field.max_length :]


def _first(model: type[Model]) -> Model:
    """Return any row of `model`, made if there is none: what a row needs and is not about."""
    found = model._base_manager.order_by("pk").first()
    return found or model._base_manager.create(**_filled(model, 1, {}))


def somebody(kind: str = "person", identifier: UUID | None = None) -> Subject:
    """Return a subject about whom nothing is stored yet."""
    return Subject(kind, identifier or uuid7())  # type: ignore[arg-type]
