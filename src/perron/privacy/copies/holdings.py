"""What is held about somebody, table by table, as the declarations say. Rows are read in batches, however many."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.db.models import Count, Max, Q, QuerySet
from django.utils.functional import Promise

from perron.privacy import gate
from perron.privacy.declaring import Activity, Disclosure, PerRow, Personal, Since
from perron.privacy.models import AuditEntry
from perron.privacy.policy.current import policy
from perron.privacy.policy.periods import Period
from perron.privacy.policy.texts import Texts
from perron.privacy.subjects import Subject

BATCH = 2_000
UNTIL = "kept_until"
SERVES = "serves"

type Row = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """A column as the person reads it.

    `category` is the policy's, "" for what only explains the row. `withheld`: its content is not given, because whoever
    reads it could act as the person ("secret"), or because it says who else was involved ("others", GDPR art. 15(4)).
    """

    name: str
    label: str
    category: str
    provided: bool
    withheld: Literal["", "secret", "others"] = ""


@dataclass(frozen=True)
class Holding:
    """The rows of one table about somebody. `counts` says how many serve which activity."""

    table: Personal
    query: QuerySet[Any]
    columns: tuple[Column, ...]
    counts: Mapping[str, int]

    @property
    def name(self) -> str:
        """The table's name for programs."""
        return self.table.model._meta.label

    @property
    def label(self) -> str:
        """The table's name for people, in the active language."""
        return str(self.table.label)

    @property
    def owner(self) -> str:
        """The column that says whose row it is, or leads there."""
        return self.table.subject.split("__")[0].removesuffix("_id")

    @property
    def says_until(self) -> bool:
        """Whether a row says until when it is kept."""
        return isinstance(self.table.clock, Since)

    @property
    def says_activity(self) -> bool:
        """Whether a row says which activity it serves."""
        return isinstance(self.table.activity, PerRow)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(self.counts.values())

    def provided(self) -> "Holding":
        """Return the same rows with nothing but what the person gave (GDPR art. 20)."""
        return replace(self, columns=tuple(column for column in self.columns if column.provided))

    def given(self) -> tuple[Column, ...]:
        """Return the columns whose content is given."""
        return tuple(column for column in self.columns if not column.withheld)

    def rows(self) -> Iterator[Row]:
        """Yield the rows as {column: value}, oldest first where identifiers tell, in one query.

        Each also says until when it is kept (None: not known yet), and which activity it serves if rows differ in that.
        """
        names = [column.name for column in self.given()]
        hidden = [column for column in (_clock(self.table), _activity(self.table)) if column]
        periods: dict[str, Period | None] = {}
        for values in self.query.order_by("pk").values_list(*names, *hidden).iterator(BATCH):
            row = dict(zip(names, values, strict=False))
            yield row | _marks(self.table, values[len(names) :], periods)

    def ends(self) -> dict[str, datetime | None]:
        """Return until when the last of these rows is kept, by activity; None where no clock runs for all of them."""
        if not isinstance(self.table.clock, Since):
            return dict.fromkeys(self.counts)
        return {activity: self._end(activity, self.table.clock) for activity in self.counts}

    def _end(self, activity: str, clock: Since) -> datetime | None:
        of_it = {self.table.activity.column: activity} if isinstance(self.table.activity, PerRow) else {}
        activity = kept_for(self.table, activity)
        rows = self.query.filter(**of_it).order_by()
        waiting = Count("pk", filter=Q(**{f"{clock.column}__isnull": True}))
        found = rows.aggregate(waiting=waiting, last=Max(clock.column))
        period = _period(activity, clock.trigger)
        return period.after(found["last"]) if period and not found["waiting"] and found["last"] else None

    def files(self) -> Iterator[str]:
        """Yield the names of the stored files of these rows."""
        return iter(self.table.files(self.query)) if self.table.files else iter(())


def holdings(subjects: Sequence[Subject], words: Texts) -> list[Holding]:
    """Return the tables that hold something about any of `subjects`: one query for each declared table."""
    # The account first, what the program noted about it last.
    tables = sorted(
        gate.personal_tables(), key=lambda table: (table.subject != "id", table.model._meta.app_label == "privacy")
    )
    found = (_holding(table, rows_about(table, subjects), words) for table in tables)
    return _trail_beside_the_rest([holding for holding in found if holding.count])


def rows_about(table: Personal, subjects: Sequence[Subject]) -> QuerySet[Any]:
    """Return the rows of a table about any of `subjects`, those that are restricted too."""
    ids = table.ids_of(subjects)
    # One identifier is compared, not looked up in a list: the plan is by index at any size.
    wanted = {table.subject: ids[0]} if len(ids) == 1 else {f"{table.subject}__in": ids}
    return table.model._base_manager.filter(**wanted)


def counted(table: Personal, rows: QuerySet[Any]) -> dict[str, int]:
    """Return how many of the rows of a table serve which activity."""
    if isinstance(table.activity, PerRow):
        return dict(rows.order_by().values_list(table.activity.column).annotate(Count("pk")))
    return {table.activity.value: rows.count()}


def kept_for(table: Personal, activity: str) -> str:
    """Return the activity by whose period rows stay that are shown under `activity`."""
    return activity if isinstance(table.activity, PerRow) else table.activity.value


def disclosures(subjects: Sequence[Subject]) -> set[Disclosure]:
    """Return who actually received something, as far as packages know."""
    ids = [subject.id for subject in subjects]
    known = (declared.disclosed for declared in gate.declarations() if declared.disclosed)
    return {disclosure for tell in known for disclosure in tell(ids)}


def _trail_beside_the_rest(held: list[Holding]) -> list[Holding]:
    """Return `held`, with the trail of who works for nobody among what their deeds were about: their account, mostly.

    The trail is declared for people who work for a community, whose deeds most of it are, and kept as theirs is.
    """
    trail = next((holding for holding in held if holding.table.model is AuditEntry), None)
    others = list(dict.fromkeys(activity for holding in held if holding is not trail for activity in holding.counts))
    if trail is None or not others or Activity.STAFF in others:
        return held
    home = Activity.ACCOUNTS.value if Activity.ACCOUNTS in others else others[0]
    return [replace(each, counts={home: each.count}) if each is trail else each for each in held]


def _holding(table: Personal, rows: QuerySet[Any], words: Texts) -> Holding:
    return Holding(table, rows, tuple(_columns(table, words)), counted(table, rows))


def _columns(table: Personal, words: Texts) -> Iterator[Column]:
    secret, others, provided = (set(of.split()) for of in (table.never_given, table.of_others, table.provided))
    for name, category in table.columns.items():
        withheld: Literal["", "secret", "others"] = "secret" if name in secret else "others" if name in others else ""
        label = _label(table, name, words)
        yield Column(name, label, _category(category, words), provided=name in provided, withheld=withheld)
    for path, named in table.context.items():
        yield Column(path, str(named), "", provided=path in provided)


def _label(table: Personal, name: str, words: Texts) -> str:
    if name in table.words:
        return str(table.words[name])
    verbose = getattr(table.model._meta.get_field(name), "verbose_name", "")
    return str(verbose) if isinstance(verbose, Promise) else _category(table.columns[name], words)


def _category(category: str, words: Texts) -> str:
    return words.category(category) if category in words.policy.categories else str(category)


def _clock(table: Personal) -> str:
    return table.clock.column if isinstance(table.clock, Since) else ""


def _activity(table: Personal) -> str:
    return table.activity.column if isinstance(table.activity, PerRow) else ""


def _marks(table: Personal, hidden: Sequence[Any], periods: dict[str, Period | None]) -> Row:
    """Return what a row says besides its columns."""
    marks: Row = {}
    left = list(hidden)
    since = left.pop(0) if isinstance(table.clock, Since) else None
    activity = str(table.activity)
    if isinstance(table.activity, PerRow):
        activity = marks[SERVES] = left.pop(0)
    if isinstance(table.clock, Since):
        if activity not in periods:
            periods[activity] = _period(activity, table.clock.trigger)
        period = periods[activity]
        marks[UNTIL] = period.after(since) if period and isinstance(since, datetime) else None
    return marks


def _period(activity: str, trigger: str) -> Period | None:
    try:
        return policy().retention(activity, trigger).period
    except KeyError:
        return None
