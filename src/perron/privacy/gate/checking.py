"""The whole policy examined: every version, what waits for code, and what the database holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection

from perron.core import clock
from perron.privacy.declaring import NotPersonal, PerRow
from perron.privacy.gate.collecting import OPEN_ACTIVITIES, OPEN_CLOCKS, OPEN_TRIGGERS, personal_tables, tables
from perron.privacy.gate.columns import name_of
from perron.privacy.gate.facts import fact_gaps
from perron.privacy.gate.keeping import find_gaps, with_file
from perron.privacy.policy.current import versions_in
from perron.privacy.policy.values import Policy
from perron.privacy.sealing import changed_versions

# Django's own list of applied migrations, which is no model.
_MIGRATIONS = "django_migrations"


@dataclass(frozen=True)
class Version:
    """One version of the policy and what is wrong with it; `state` is "past", "in force" or "announced"."""

    policy: Policy
    state: str
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Examination:
    """What `perron policy check` found. `waiting`: parts of the policy whose code does not exist yet, and why."""

    versions: tuple[Version, ...]
    waiting: tuple[str, ...]
    database: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Say whether there is no gap anywhere."""
        return not self.database and not any(version.gaps for version in self.versions)


def examine() -> Examination:
    """Examine policy, program and database. Raises `BadPolicy` where a version cannot even be read."""
    known = versions_in(Path(settings.PERRON_POLICY))
    begun = [version for version in known if version.version.in_force <= clock.today()]
    in_force = begun[-1] if begun else None
    return Examination(
        versions=tuple(_examined(version, in_force) for version in known),
        waiting=tuple(_waiting(in_force)) if in_force else (),
        database=tuple(_database_gaps(in_force)) if in_force else (),
    )


def _examined(version: Policy, in_force: Policy | None) -> Version:
    if version is in_force:
        return Version(version, "in force", tuple(find_gaps(version)))
    if in_force and version.version.in_force < in_force.version.in_force:
        return Version(version, "past", tuple(with_file(gap, version) for gap in fact_gaps(version)))
    return Version(version, "announced", tuple(find_gaps(version)))


def _waiting(policy: Policy) -> Iterator[str]:
    for activity, what in OPEN_ACTIVITIES.items():
        if policy.does(activity):
            yield f"activity {activity} waits for {what}"
    for trigger, what in OPEN_TRIGGERS.items():
        yield f"retention passing.{trigger} waits for {what}"
    for column, what in OPEN_CLOCKS.items():
        yield f"clock {column} waits for {what}"


def _column_gaps(present: set[str]) -> Iterator[str]:
    """A column that no model has is one that nobody declared."""
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            options = model._meta
            if options.db_table in present and not options.proxy:
                known = {field.column for field in options.local_concrete_fields}
                described = connection.introspection.get_table_description(cursor, options.db_table)
                for column in sorted({each.name for each in described} - known):
                    yield f"column {column} of table {options.db_table} belongs to no model; drop it, or declare it."


def _database_gaps(policy: Policy) -> Iterator[str]:
    present = set(connection.introspection.table_names())
    modelled = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    indexes = tuple(table.index for table in tables() if isinstance(table, NotPersonal) and table.index)
    for table in sorted(present - modelled - {_MIGRATIONS}):
        if indexes and table.startswith(indexes):
            continue
        yield f"table {table} lies in the database and belongs to no model; drop it, or declare what uses it."
    yield from _column_gaps(present)
    yield from changed_versions()
    for declared in personal_tables():
        if isinstance(declared.activity, PerRow) or policy.does(declared.activity):
            continue
        manager = declared.model._meta.base_manager
        if declared.model._meta.db_table in present and (rows := manager.count()):
            yield (
                f"table {name_of(declared.model)} holds {rows} rows of activity {declared.activity}, which the policy "
                "omits; let them expire by the version that still had it, or describe the activity again."
            )
