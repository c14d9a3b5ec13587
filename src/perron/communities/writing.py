"""The one way in which rows of this package are written: cleaned, checked, audited, and what shows them made stale."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.core.errors import Conflict, Refused
from perron.core.text import clean_line, clean_text
from perron.privacy.acting import Actor
from perron.privacy.auditing import record

# Columns in which lines and paragraphs are kept.
_SEVERAL_LINES = {"descriptions"}


class Unfit(Refused):
    """Values that cannot be taken; `fields` maps each column (or "" for the whole) to its sentences."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        super().__init__(next(iter(fields.values()))[0])
        self.fields = fields


def write(
    row: models.Model,
    fields: Mapping[str, object],
    *,
    by: Actor,
    verb: str,
    tenant: UUID | None = None,
    stale: Iterable[str] = (),
) -> None:
    """Set `fields` on `row` and save it, with an audit row that names the columns changed; all or nothing.

    `stale` are the version keys of what shows the row. Nothing is written when nothing changed. The caller has
    checked who may. Raises `Unfit`; `Conflict` if somebody else took a unique value at the same moment.
    """
    changed = set_cleaned(row, fields)
    check(row)
    if not changed and not row._state.adding:
        return
    try:
        with transaction.atomic():
            row.save()
            record(verb, row, by=by, tenant=tenant, columns=changed)
            versions.bump(stale)
    except IntegrityError as error:
        raise Conflict(_("Somebody else used this address or name a moment ago. Choose another.")) from error


def set_cleaned(row: models.Model, fields: Mapping[str, object]) -> list[str]:
    """Set `fields` on `row`, texts cleaned; return the names of those that differ from before."""
    changed = []
    for name, value in fields.items():
        cleaned = _cleaned(value, several_lines=name in _SEVERAL_LINES)
        if getattr(row, name, None) != cleaned:
            setattr(row, name, cleaned)
            changed.append(name)
    return sorted(changed)


def check(row: models.Model) -> None:
    """Raise `Unfit` with every sentence that the row's own rules have to say."""
    try:
        row.full_clean()
    except ValidationError as error:
        fields = {("" if name == NON_FIELD_ERRORS else name): texts for name, texts in error.message_dict.items()}
        raise Unfit(fields) from error


def _cleaned(value: object, *, several_lines: bool) -> object:
    clean = clean_text if several_lines else clean_line
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return {language: cleaned for language, text in value.items() if (cleaned := clean(text))}
    return value
