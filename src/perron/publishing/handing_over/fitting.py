"""Turning a row of an archive into one of ours. Nothing of it is believed: types, choices, and where it leads to."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import JSONField, Model
from django.utils.translation import gettext as _

from perron.core.errors import Refused
from perron.core.language import LANGUAGES
from perron.publishing.handing_over.parts import Part, Row

type Known = Mapping[type[Model], Mapping[UUID, UUID]]
_PLAIN = (str, int, float, bool, type(None))


def fitted(row: Row, part: Part, known: Known) -> Any:
    """Return the unsaved row. `known` says for each table what the archive's keys are here.

    Raises `Refused` for a row that is none of the format's, or leads to what is not in the archive.
    """
    if set(row) != {column.attname for column in part.columns}:
        raise unfit(part)
    try:
        values = {column.attname: _value(column, row[column.attname], known) for column in part.columns}
        made = part.model(**values)
        for name in part.words.split():
            _check_words(getattr(made, name))
        if part.check:
            part.check(made)
    except _Elsewhere as error:
        raise Refused(
            _("A row of “%(table)s” leads to something that is not in the archive. Nothing is taken in.")
            % {"table": part.name}
        ) from error
    except (ValidationError, ValueError, TypeError, AttributeError, KeyError, OverflowError, SyntaxError) as error:
        raise unfit(part) from error
    return made


def unfit(part: Part) -> Refused:
    """Return the refusal of a row that does not follow the format."""
    return Refused(_("A row of “%(table)s” does not follow the format. Nothing is taken in.") % {"table": part.name})


class _Elsewhere(Exception):
    """A value leads to what is not in the archive."""


def _value(column: Any, given: Any, known: Known) -> Any:
    _look_at_characters(given)
    if column.remote_field:
        return _led(column, given, known)
    if isinstance(column, JSONField):
        return _checked(column, given)
    if not isinstance(given, _PLAIN):
        raise TypeError(column.name)
    return _checked(column, column.to_python(given))


def _led(column: Any, given: Any, known: Known) -> UUID | None:
    """Return the key here. People are nobody here until they accept an invitation."""
    model = column.remote_field.model
    if given is None or (model._meta.label == "accounts.Person" and column.null):
        if not column.null:
            raise ValueError(column.name)
        return None
    found = known.get(model, {}).get(UUID(given))
    if found is None:
        raise _Elsewhere(column.name)
    return found


def _checked(column: Any, value: Any) -> Any:
    if value is None and not column.null:
        raise ValueError(column.name)
    if value not in column.empty_values:
        column.validate(value, None)
        column.run_validators(value)
    return value


def _check_words(value: Any) -> None:
    if not isinstance(value, dict) or not all(
        code in LANGUAGES and isinstance(text, str) for code, text in value.items()
    ):
        raise ValueError("words")


def _look_at_characters(value: Any) -> None:
    """Raise `ValueError` for characters that no database keeps: NUL and lone surrogates."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("NUL")
        value.encode()
    elif isinstance(value, dict):
        for key, inner in value.items():
            _look_at_characters(key)
            _look_at_characters(inner)
    elif isinstance(value, list):
        for inner in value:
            _look_at_characters(inner)
