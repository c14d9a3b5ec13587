"""Retention: what has had its time goes, by the policy's periods and the declared clocks. `perron retention` runs it.

Rows go in bounded batches, each a transaction of its own: a sweep that is killed has done part of its work, the next
one does the rest. While somebody's data are restricted, their rows are held: deleting is processing too (GDPR art.
4(2)), restricted data are stored and nothing else (art. 18(2)), and the person may need them for a claim (art.
18(1)(c)). Only the policy's passing traces, such as ended sessions, go all the same.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Model, Q

from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import PerRow, Personal, Since, With
from perron.privacy.due import Times, due_rows, goes_unused, going_rows, is_restricted, parent_of, stays
from perron.privacy.evidence.recording import record
from perron.privacy.files import delete_doomed
from perron.privacy.hiding import stored
from perron.privacy.leaving import Rows, children_first, is_tied, scrub, take
from perron.privacy.policy.current import policy
from perron.privacy.unused import nothing_about
from perron.privacy.wishes import Restriction

# Rows of one transaction; fewer where each brings rows of other tables along.
BATCH, TIED_BATCH = 20_000, 1_000

# Why a row that is due stays.
RESTRICTED, REFERRED_TO, WITH_ANOTHER, OVERDUE = "restricted", "referred to", "with another row", "overdue"


@dataclass(frozen=True)
class Line:
    """What became of one table: `expired` and `left`, by reason, add up to the rows that were `due`.

    In a dry run `expired` counts what would go.
    """

    activity: str
    table: str
    expired: int
    left: Mapping[str, int] = field(default_factory=dict)

    @property
    def due(self) -> int:
        """The rows whose time was over."""
        return self.expired + sum(self.left.values())


@dataclass(frozen=True)
class Report:
    """What a sweep did. `overdue` is what should have gone and is still there."""

    as_of: datetime
    dry_run: bool
    lines: tuple[Line, ...]

    @property
    def overdue(self) -> Mapping[str, int]:
        """How many rows of which tables should have gone and are still there: none, if all is well."""
        return {line.table: line.left[OVERDUE] for line in self.lines if line.left.get(OVERDUE)}


def expire(*, as_of: datetime | None = None, dry_run: bool = False) -> Report:
    """Let go what is due at `as_of` (default: now), by the policy in force then, or only say what would go."""
    moment = as_of or clock.now()
    with clock.travel(moment):
        times = Times(moment, policy(), Restriction.objects.filter(lifted_at=None).exists())
    order = children_first()
    gone: Counter[type[Model]] = Counter()
    touched: set[type[Model]] = set()
    if not dry_run:
        for table in order:
            gone += _sweep(table, times, touched)
        delete_doomed()
        scrub()
    looked_at = order if dry_run else [table for table in order if _is_touched(table, touched)]
    lines = [_line(table, times, gone[table.model], dry_run=dry_run) for table in looked_at]
    if expired := {line.table: line.expired for line in lines if line.expired and not dry_run}:
        with transaction.atomic():
            record("expire", None, by=SYSTEM, about={"as_of": moment.isoformat(), "rows": expired})
    seen = {table.model for table in looked_at}
    lines += [Line(_activity(table), table.model._meta.label, 0) for table in order if table.model not in seen]
    return Report(moment, dry_run, tuple(sorted(lines, key=lambda line: (line.activity, line.table))))


def _sweep(table: Personal, times: Times, touched: set[type[Model]]) -> Counter[type[Model]]:
    """Take what is due in one table; `touched` learns of a table in which something was."""
    gone: Counter[type[Model]] = Counter()
    if isinstance(table.clock, Since):
        for due in times.due_by_activity(table):
            gone += _walk(table, due, table.clock.column, ~stays(table, times), touched)
    elif goes_unused(table):
        gone += _walk(table, stored(table.model), "pk", nothing_about(table), touched)
    return gone


def _walk(table: Personal, rows: Rows, column: str, going: Q, touched: set[type[Model]]) -> Counter[type[Model]]:
    """Take those of `rows` that are `going`, along the index of `column`, in batches; what stays is passed over."""
    size = TIED_BATCH if is_tied(table.model, "expiry") else BATCH
    gone: Counter[type[Model]] = Counter()
    ahead = rows.order_by(column)
    first = ahead.values_list(column, flat=True).first()
    while first is not None:
        touched.add(table.model)
        with transaction.atomic():
            _wait_for_no_disk()
            beyond = next(iter(ahead.values_list(column, flat=True)[size : size + 1]), None)
            if beyond is None:
                return gone + take(ahead.filter(going), table.expiry, "expiry")
            if first == beyond:
                # More rows of one moment than fit into a batch.
                taken = take(ahead.filter(going, **{column: first}), table.expiry, "expiry", size)
                ahead = ahead if taken[table.model] else ahead.filter(**{f"{column}__gt": first})
                first = ahead.values_list(column, flat=True).first()
            else:
                taken = take(ahead.filter(going, **{f"{column}__lt": beyond}), table.expiry, "expiry")
                ahead = rows.order_by(column).filter(**{f"{column}__gte": beyond})
                # Where the next batch begins is known already.
                first = beyond
            gone += taken
    return gone


def _wait_for_no_disk() -> None:
    """Let PostgreSQL commit a batch before it is on the disk: were it lost, the next sweep would take it again.

    The evidence of the sweep, its last transaction, brings all of it there.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")


def _is_touched(table: Personal, touched: set[type[Model]]) -> bool:
    """Say whether something was due in the table, or in one that its rows leave with."""
    if table.model in touched or not isinstance(table.clock, With):
        return table.model in touched
    parent = parent_of(table, table.clock)
    return parent is not None and _is_touched(parent, touched)


def _line(table: Personal, times: Times, gone: int, *, dry_run: bool) -> Line:
    # What is unused was looked for row by row, and is due by nothing else.
    due = 0 if goes_unused(table) and not dry_run else due_rows(table, times).count()
    late = going_rows(table, times).count() if due else 0
    left = Counter({OVERDUE: 0 if dry_run else late}) + _held(table, times, due - late)
    return Line(_activity(table), table.model._meta.label, late if dry_run else gone, left)


def _activity(table: Personal) -> str:
    return "per row" if isinstance(table.activity, PerRow) else str(table.activity)


def _held(table: Personal, times: Times, number: int) -> Counter[str]:
    """Return why `number` rows that are due stay all the same."""
    if not number:
        return Counter()
    if isinstance(table.clock, With):
        return Counter({WITH_ANOTHER: number})
    restricted = due_rows(table, times).filter(is_restricted(table, times)).count()
    return Counter({RESTRICTED: restricted}) + Counter({REFERRED_TO: number - restricted})
