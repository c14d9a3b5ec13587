"""Subjects about whom nothing is left: rows that only say who a subject is go when no other row needs them."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q

from perron.privacy import gate
from perron.privacy.declaring import Personal
from perron.privacy.hiding import stored


def nothing_about(table: Personal) -> Q:
    """Return the condition that no other declared row is about the subject of a row of `table`."""
    return Q(*(~Exists(stored(other.model).filter(**{other.subject: OuterRef("pk")})) for other in _others(table)))


def _others(table: Personal) -> Iterator[Personal]:
    for other in gate.personal_tables():
        if other.subject_kind in {table.subject_kind, "any"} and other is not table:
            yield other
