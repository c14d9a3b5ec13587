"""What the packages declare, and what of the policy waits for code."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from perron.privacy.declaring import Activity, Declarations, NotPersonal, Personal, Store

# Part of the policy whose code does not exist yet, and what will bring it. `perron policy check` reports these as open.
# An entry must go when its code comes: the gate says so.
OPEN_ACTIVITIES: Mapping[Activity, str] = {
    Activity.SOCIAL: "the pages on social networks",
}
OPEN_TRIGGERS: Mapping[str, str] = {}
# Clocks that nothing sets yet, as "table.column".
OPEN_CLOCKS: Mapping[str, str] = {}


@cache
def declarations() -> tuple[Declarations, ...]:
    """Return what the `personal_data` modules of all installed packages declare."""
    modules = (f"{config.name}.personal_data" for config in apps.get_app_configs() if config.name.startswith("perron."))
    return tuple(import_module(name).DECLARATIONS for name in modules if find_spec(name))


def tables() -> Iterable[Personal | NotPersonal]:
    """Yield every declared table."""
    return (table for declared in declarations() for table in declared.tables)


def personal_tables() -> Iterable[Personal]:
    """Yield every table that holds personal data."""
    return (table for table in tables() if isinstance(table, Personal))


def stores() -> Iterable[Store]:
    """Yield every declared store outside the tables."""
    return (store for declared in declarations() for store in declared.stores)
