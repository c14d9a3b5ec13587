"""Which rows are due, by the declared clocks and the policy's periods, and which of them stay all the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from perron.privacy import gate
from perron.privacy.declaring import Delete, PerRow, Personal, Since, Until, With
from perron.privacy.hiding import stored
from perron.privacy.leaving import Rows, held, still_there
from perron.privacy.policy.current import versions
from perron.privacy.policy.values import Policy, Retention
from perron.privacy.unused import nothing_about
from perron.privacy.wishes import Restriction

# No row meets it; databases see through it when they plan.
_NONE = Q(pk__in=[])


@dataclass(frozen=True)
class Times:
    """A moment, the policy by which periods are counted back from it, and whether there are restrictions at all."""

    as_of: datetime
    policy: Policy
    anybody_restricted: bool

    def due_by_activity(self, table: Personal) -> Iterator[Rows]:
        """Yield the rows of `table`, whose clock is a `Since`, that are due: one set for each period."""
        assert isinstance(table.clock, Since)
        rows = stored(table.model).filter(still_there(table.expiry))
        for cutoff, condition in self._cutoffs(table, table.clock.trigger):
            yield rows.filter(condition, **{f"{table.clock.column}__lte": cutoff})

    def _cutoffs(self, table: Personal, trigger: str) -> Iterator[tuple[datetime, Q]]:
        if not isinstance(table.activity, PerRow):
            # Of what the operator never did, there is nothing that could be due.
            if table.activity not in self._ever_done():
                return
            yield self._cutoff(self._retention(table.activity, trigger)), Q()
        elif not any(trigger in activity.retentions for activity in self.policy.activities.values()):
            yield self._cutoff(self.policy.passing[trigger]), Q()
        else:
            for activity in self._ever_done():
                yield self._cutoff(self._retention(activity, trigger)), Q(**{table.activity.column: activity})

    def _retention(self, activity: str, trigger: str) -> Retention:
        """Return the retention that the policy states, or stated last, of an activity that has ended since."""
        said = [self.policy, *reversed(versions())]
        return next(version for version in said if version.does(activity)).retention(activity, trigger)

    def _ever_done(self) -> list[str]:
        return sorted({activity for version in (self.policy, *versions()) for activity in version.activities})

    def _cutoff(self, retention: Retention) -> datetime:
        return retention.period.before(self.as_of) if retention.period else self.as_of


def due_rows(table: Personal, times: Times) -> Rows:
    """Return the rows whose time is over."""
    if isinstance(table.clock, Since):
        return _together(table, list(times.due_by_activity(table)))
    if isinstance(table.clock, With) and (parent := parent_of(table, table.clock)):
        return _with(table, table.clock, due_rows(parent, times))
    return going_rows(table, times)


def going_rows(table: Personal, times: Times) -> Rows:
    """Return those of the rows that are due that nothing holds."""
    if isinstance(table.clock, Since):
        return due_rows(table, times).filter(~stays(table, times))
    if isinstance(table.clock, With) and (parent := parent_of(table, table.clock)):
        return _with(table, table.clock, going_rows(parent, times))
    return stored(table.model).filter(nothing_about(table) if goes_unused(table) else _NONE)


def stays(table: Personal, times: Times) -> Q:
    """Return the condition that a row stays although it is due."""
    return is_restricted(table, times) | (held(table.model, "expiry") or _NONE)


def is_restricted(table: Personal, times: Times) -> Q:
    """Return the condition that a row is held because its subject's data are restricted."""
    if not times.anybody_restricted or (isinstance(table.clock, Since) and table.clock.trigger in times.policy.passing):
        return _NONE
    return Q(Exists(Restriction.objects.filter(subject_id=OuterRef(table.subject), lifted_at=None)))


def goes_unused(table: Personal) -> bool:
    """Say whether a row goes as soon as nothing else is about its subject."""
    return isinstance(table.clock, Until) and table.expiry == Delete(when_unused=True)


def parent_of(table: Personal, clock: With) -> Personal | None:
    """Return the personal table whose rows those of `table` leave with, if it is one."""
    model = table.model._meta.get_field(clock.column).related_model
    return next((other for other in gate.personal_tables() if other.model is model), None)


def _together(table: Personal, parts: list[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    any_of_them = (Q(pk__in=part.values("pk")) for part in parts)
    return stored(table.model).filter(Q(*any_of_them, _connector=Q.OR) if parts else _NONE)


def _with(table: Personal, clock: With, parents: Rows) -> Rows:
    return stored(table.model).filter(still_there(table.expiry), **{f"{clock.column}__in": parents.values("pk")})
