"""What is held about somebody, counted by declaration: where a request leads, and what an erasure would do."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from perron.privacy import gate
from perron.privacy.declaring import PerRow, Personal
from perron.privacy.subjects import Subject


@dataclass(frozen=True)
class Holding:
    """So many rows of one table about somebody."""

    table: Personal
    activity: str
    rows: int


def holdings(subjects: Iterable[Subject]) -> list[Holding]:
    """Return the tables that hold something about these subjects, in the order of the policy's activities."""
    wanted = list(subjects)
    found = (holding for table in gate.tables() if isinstance(table, Personal) for holding in _in(table, wanted))
    return sorted(found, key=lambda holding: (holding.activity, holding.table.model._meta.label))


def activities_of(subject: Subject) -> list[str]:
    """Return the activities in which something is held about `subject`."""
    return list(dict.fromkeys(holding.activity for holding in holdings([subject])))


def _in(table: Personal, subjects: list[Subject]) -> Iterator[Holding]:
    ids = [subject.id for subject in subjects if table.subject_kind in (subject.kind, "any")]
    if not ids:
        return
    # The base manager sees restricted rows too.
    rows: QuerySet[Any] = table.model._base_manager.filter(**{f"{table.subject}__in": ids})
    if isinstance(table.activity, PerRow):
        for activity in rows.order_by().values_list(table.activity.column, flat=True).distinct():
            yield Holding(table, activity, rows.filter(**{table.activity.column: activity}).count())
    elif number := rows.count():
        yield Holding(table, table.activity.value, number)
