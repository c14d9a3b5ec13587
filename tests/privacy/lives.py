"""The lives of planted rows: erased on request or expired at their time, then searched for in all that is stored."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.db import connection
from django.db.models import CharField, EmailField, Model, TextField

from perron.core.identifiers import uuid7
from perron.privacy import retaining
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Keep, PerRow, Personal, Since, With
from perron.privacy.erasing import erase
from perron.privacy.exporting import archive
from perron.privacy.policy.current import policy
from perron.privacy.receipts import Outcome
from perron.privacy.subjects import Subject
from tests import planting

BEGIN = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def plant_and_erase(table: Personal) -> None:
    """Plant a row about somebody and one about somebody else, export and erase the one, and look for both."""
    anne, bert = somebody(table), somebody(table)
    hers, his = own_words(table), own_words(table)
    planting.plant(table, anne, **hers)
    planting.plant(table, bert, **his)
    assert missing([*hers.values(), *his.values()]) == [], "nothing was planted"
    withheld = {*table.never_given.split(), *table.of_others.split()}
    copy = copied(anne)
    assert [words for column, words in hers.items() if (words in copy) == (column in withheld)] == [], "the copy lies"
    assert [words for words in his.values() if words in copy] == [], "somebody else's data were given away"
    line = next(line for line in erase([anne], by=SYSTEM).lines if line.store == f"table:{table.model._meta.label}")
    assert missing(his.values()) == [], "somebody else lost something"
    if line.outcome is Outcome.KEPT:
        assert line.reason in _reasons(), "this is no reason of the policy"
        assert line.citation.startswith("GDPR art. 17(3)"), "this is no rule that erasure respects"
        gone = [
            words for column, words in hers.items() if isinstance(table.erasure, Keep) and column in table.erasure.blank
        ]
        assert missing(gone) == gone, "kept more than the declaration says"
    else:
        assert line.outcome is Outcome.ERASED
        assert missing(hers.values()) == list(hers.values()), "the receipt says that it was erased"
        assert not table.model._base_manager.filter(**{table.subject: anne.id}).exists()


def plant_and_expire(table: Personal) -> None:
    """Plant a row, look for it a moment before its time is over, and a moment after."""
    subject, words = somebody(table), own_words(table)
    moment: dict[str, Any] = {table.clock.column: BEGIN} if isinstance(table.clock, Since) else {}
    rows = planting.plant(table, subject, **words | moment)
    root = _start_clock(table, rows)
    over = BEGIN + _time(root)
    retaining.expire(as_of=over - _SECOND)
    assert missing(words.values()) == [], "went before its time"
    assert retaining.expire(as_of=over).overdue == {}
    assert missing(words.values()) == list(words.values()), "is still there after its time"
    assert not table.model._base_manager.filter(**{table.subject: subject.id}).exists()


def leaves_by_time(table: Personal) -> bool:
    """Say whether a clock takes the row, its own or that of the row it goes with; an event takes the others."""
    if not isinstance(table.clock, With):
        return isinstance(table.clock, Since)
    parent = table.model._meta.get_field(table.clock.column).related_model
    return leaves_by_time(next(known for known in planting.personal_tables() if known.model is parent))


def somebody(table: Personal) -> Subject:
    """Return somebody about whom a row of `table` can be, with an account where it is a person."""
    subject = planting.somebody("address" if table.subject_kind == "address" else "person")
    for known in planting.personal_tables():
        if known.subject == "id" and known.subject_kind == subject.kind and known.model is not table.model:
            planting.plant(known, subject, **own_words(known))
    return subject


def own_words(table: Personal) -> dict[str, Any]:
    """Return words for each personal text column that occur nowhere else."""
    fields: list[Any] = [table.model._meta.get_field(column) for column in table.columns]
    texts = (field for field in fields if isinstance(field, CharField | TextField) and not field.choices)
    return {field.name: _words(field) for field in texts if field.max_length is None or field.max_length > 12}


def copied(subject: Subject) -> str:
    """Return what the person gets who asks for a copy (GDPR art. 15), for programs and for people."""
    out = BytesIO()
    archive([subject], language="en", out=out)
    with ZipFile(out) as copy:
        return "\n".join(copy.read(name).decode() for name in ("data.json", "index.html"))


def missing(words: Collection[str]) -> list[str]:
    """Return which of `words` occur in no row of any table."""
    stored = everything()
    return [each for each in words if each not in stored]


def everything() -> str:
    """Return all rows of all tables, as text."""
    with connection.cursor() as cursor:
        return "\n".join(_rows(cursor, name) for name in connection.introspection.table_names(cursor))


def _rows(cursor: Any, name: str) -> str:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
    return "\n".join(map(str, cursor.fetchall()))


def _words(field: Any) -> str:
    end = "@example.org" if isinstance(field, EmailField) else ""
    return uuid7().hex[-12:] + end if field.max_length and field.max_length < 40 else f"mark-{uuid7().hex[-12:]}{end}"


def _start_clock(table: Personal, rows: list[Model]) -> Personal:
    """Set the moment from which the time of `rows` runs, and return the table whose clock it is."""
    if not isinstance(table.clock, With):
        return table
    parents = [getattr(row, table.clock.column) for row in rows]
    parent = next(known for known in planting.personal_tables() if known.model is type(parents[0]))
    if isinstance(parent.clock, Since):
        keys = [row.pk for row in parents]
        parent.model._base_manager.filter(pk__in=keys).update(**{parent.clock.column: BEGIN})
    return _start_clock(parent, parents)


def _time(table: Personal) -> timedelta:
    assert isinstance(table.clock, Since)
    activity = "C" if isinstance(table.activity, PerRow) else table.activity
    period = policy().retention(activity, table.clock.trigger).period
    return period.after(BEGIN) - BEGIN if period else timedelta(0)


def _reasons() -> set[str]:
    activities = policy().activities.values()
    return {reason for activity in activities for kept in activity.retentions.values() for reason in kept.reasons}
