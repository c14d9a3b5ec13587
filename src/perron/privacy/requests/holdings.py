"""What is held about somebody, counted by declaration: where a request leads, and what an erasure would do."""

from collections.abc import Iterable
from dataclasses import dataclass

from perron.privacy import gate
from perron.privacy.copies.holdings import counted, rows_about
from perron.privacy.declaring import Personal
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
    found = (
        Holding(table, activity, rows)
        for table in gate.personal_tables()
        for activity, rows in counted(table, rows_about(table, wanted)).items()
        if rows
    )
    return sorted(found, key=lambda holding: (holding.activity, holding.table.model._meta.label))


def activities_of(subjects: Iterable[Subject]) -> list[str]:
    """Return the activities in which something is held about these subjects."""
    return list(dict.fromkeys(holding.activity for holding in holdings(subjects)))
