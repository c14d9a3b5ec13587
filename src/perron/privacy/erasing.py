"""Erasure on request (GDPR art. 17), by the declarations: what goes, what is kept by which rule, what is out of reach.

Bounded batches: somebody with few rows is erased in one transaction, somebody with very many in several. A kill between
two of them loses nothing: the journal has the erasure before the first one commits, and the worker goes on with it.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from perron.core.clock import now
from perron.privacy import gate, journal
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.declaring import Activity, Blank, Delete, Keep, PerRow, Personal, Store
from perron.privacy.evidence.recording import record
from perron.privacy.hiding import stored
from perron.privacy.leaving import Rows, children_first, held, scrub, still_there, take
from perron.privacy.models import UnfinishedErasure
from perron.privacy.receipts import Line, Outcome, Receipt
from perron.privacy.subjects import Subject
from perron.privacy.tenancy.scope import as_program

# Rows of one transaction.
BATCH = 5_000
# After so long without an end, the process that erased is taken for dead.
_DEAD = timedelta(minutes=10)
# Who a subject is stays while evidence is about it, and an erasure leaves evidence.
_NEEDED_FOR_PROOF = Keep(reason="liability", citation="GDPR art. 17(3)(e)")


@as_program
def erase(
    subjects: Collection[Subject],
    *,
    by: Actor,
    activities: Collection[Activity] | None = None,
    request: UUID | None = None,
) -> Receipt:
    """Erase what is stored about subjects, which are one and the same person, for `activities` or all of them.

    The caller has checked who may. `request` is the rights request that it answers. Raises `Refused`, with the remedy,
    while somebody cannot go: the last administrator of a community. Doing it again does no harm.
    """
    erasure = _Erasure(tuple(subjects), by, None if activities is None else frozenset(activities), request)
    with transaction.atomic():
        erasure.ask()
        done = erasure.go_on()
        erasure.enter_in_journal()
        unfinished = None if done else erasure.remember()
        if done:
            return erasure.finish()
    while True:
        with transaction.atomic():
            if erasure.go_on():
                assert unfinished is not None
                unfinished.delete()
                return erasure.finish()


def kept_by(table: Personal) -> Keep | None:
    """Return why rows of a table stay when somebody is erased; None where they go."""
    if isinstance(table.erasure, Delete) and table.erasure.when_unused:
        return _NEEDED_FOR_PROOF
    return table.erasure if isinstance(table.erasure, Keep) else None


def go_on_with_unfinished() -> int:
    """Finish the erasures that a kill has interrupted, and return how many. Run by the worker."""
    rows = list(UnfinishedErasure.objects.filter(begun_at__lte=now() - _DEAD))
    for row in rows:
        subjects = [Subject(kind, UUID(identifier)) for kind, identifier in row.subjects]
        activities = None if row.activities is None else [Activity(letter) for letter in row.activities]
        by = Actor(row.actor_kind, row.actor_id)  # type: ignore[arg-type]
        erase(subjects, by=by, activities=activities, request=row.request_id)
        row.delete()
    return len(rows)


@journal.replays("erase")
def _erase_again(subject: Subject, detail: Mapping[str, str]) -> None:
    """Erase somebody whom a backup brought back; who must act first is not asked again."""
    letters = detail["activities"].split()
    activities = frozenset(map(Activity, letters)) if letters else None
    erasure = _Erasure((subject,), SYSTEM, activities, None)
    while not erasure.go_on():
        pass
    erasure.finish()


@dataclass
class _Erasure:
    """The state of one erasure between its transactions."""

    subjects: tuple[Subject, ...]
    by: Actor
    activities: frozenset[Activity] | None
    request: UUID | None
    gone: Counter[type[Model]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._tables = [table for table in children_first() if self._concerns(table)]
        self._todo = [table for table in self._tables if table.ids_of(self.subjects)]

    def ask(self) -> None:
        """Ask those who know of reasons why somebody cannot go yet."""
        for table in self._todo:
            if table.before_leaving:
                table.before_leaving(table.ids_of(self.subjects), self.by)

    def go_on(self) -> bool:
        """Take at most a batch of rows in the transaction at hand; say whether that was the last."""
        room = BATCH
        while self._todo:
            table = self._todo[0]
            taken = self._take(table, room)
            self.gone += taken
            if taken[table.model] >= room:
                return False
            self._todo.pop(0)
            room -= taken.total()
            if room <= 0:
                return not self._todo
        return True

    def enter_in_journal(self) -> None:
        letters = " ".join(sorted(self.activities or ()))
        for subject in self.subjects:
            journal.write("erase", subject, activities=letters)

    def remember(self) -> UnfinishedErasure:
        return UnfinishedErasure.objects.create(
            subjects=[[subject.kind, str(subject.id)] for subject in self.subjects],
            activities=None if self.activities is None else sorted(self.activities),
            actor_kind=self.by.kind,
            actor_id=self.by.id,
            request_id=self.request,
        )

    def finish(self) -> Receipt:
        """Empty the stores outside the tables, and leave evidence."""
        lines = [*map(self._table_line, self._tables), *map(self._store_line, self._stores())]
        scrub()
        receipt = Receipt(now(), tuple(sorted(lines, key=lambda line: line.store)))
        about = {**receipt.summary(), "activities": sorted(self.activities or ()) or "all"}
        for subject in self.subjects:
            record("erase", subject, by=self.by, about=about | ({"request": str(self.request)} if self.request else {}))
        return receipt

    def _take(self, table: Personal, room: int) -> Counter[type[Model]]:
        rows, way = self._rows(table), table.erasure
        if isinstance(way, Delete):
            if way.when_unused:
                return Counter()
            holding = held(table.model, "erasure")
            return take(rows.filter(~holding) if holding else rows, way, "erasure", room)
        blank = Blank(way.blank) if isinstance(way, Keep) else way
        if not blank.values:
            return Counter()
        condition = still_there(blank)
        return take(rows.filter(condition), blank, "erasure", room) if condition else self._blank_once(rows, blank)

    def _blank_once(self, rows: Rows, blank: Blank) -> Counter[type[Model]]:
        # Nothing tells what is blank already: all at once, and not counted as a batch that might have a successor.
        take(rows, blank, "erasure")
        return Counter()

    def _rows(self, table: Personal) -> Rows:
        rows = stored(table.model).filter(**{f"{table.subject}__in": table.ids_of(self.subjects)})
        if isinstance(table.activity, PerRow) and self.activities is not None:
            rows = rows.filter(**{f"{table.activity.column}__in": self.activities})
        return rows

    def _concerns(self, table: Personal) -> bool:
        return self.activities is None or isinstance(table.activity, PerRow) or table.activity in self.activities

    def _table_line(self, table: Personal) -> Line:
        store, gone = f"table:{table.model._meta.label}", self.gone[table.model]
        kept, left = kept_by(table), self._left(table)
        if left and kept:
            return Line(store=store, outcome=Outcome.KEPT, rows=left, reason=kept.reason, citation=kept.citation)
        if left:
            return Line(store=store, outcome=Outcome.NOT_SUPPORTED, rows=left, reason="other rows refer to it")
        return Line(store=store, outcome=Outcome.ERASED, rows=gone)

    def _left(self, table: Personal) -> int:
        """Return how many rows stay; those that a statement has just taken need no looking."""
        way = table.erasure
        if not table.ids_of(self.subjects) or isinstance(way, Blank):
            return 0
        if isinstance(way, Delete) and not way.when_unused and held(table.model, "erasure") is None:
            return 0
        return self._rows(table).count()

    def _stores(self) -> Iterator[Store]:
        return (
            store
            for store in gate.stores()
            if self.activities is None or store.activity is None or store.activity in self.activities
        )

    def _store_line(self, store: Store) -> Line:
        if not store.personal:
            return Line(store=store.name, outcome=Outcome.NOTHING, reason=str(store.why))
        if isinstance(store.erasure, Keep):
            kept = store.erasure
            return Line(store=store.name, outcome=Outcome.KEPT, reason=kept.reason, citation=kept.citation)
        if store.erasure is None:
            return Line(store=store.name, outcome=Outcome.NOT_SUPPORTED, reason=str(store.why))
        return Line(store=store.name, outcome=Outcome.ERASED, rows=store.erasure(self.subjects))
