"""The kinds of letters that the installed packages have: each in its `letter_kinds.py`."""

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from perron.privacy.letter_kinds import LetterKind


def kind_named(name: str) -> LetterKind:
    """Return a kind of letter. Raises `ValueError` for a name that no package has."""
    try:
        return kinds()[name]
    except KeyError:
        raise ValueError(f"No package has letters of the kind {name!r}; add it to its letter_kinds.py.") from None


@cache
def kinds() -> dict[str, LetterKind]:
    """Return every kind by its name. Raises `ValueError` where two share one."""
    found: dict[str, LetterKind] = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.letter_kinds"
        if not config.name.startswith("perron.") or not find_spec(module):
            continue
        for kind in import_module(module).KINDS:
            if kind.name in found:
                raise ValueError(f"Two packages have letters of the kind {kind.name!r}; rename one.")
            found[kind.name] = kind
    return found
