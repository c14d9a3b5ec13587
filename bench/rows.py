"""A measured figure beside its target."""

import json
import sys
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path

import django

from perron.privacy.tenancy.scope import process_acts_as_program


@dataclass(frozen=True, kw_only=True)
class Row:
    """`reference` is what `value` is compared with, `ratio` the two divided; `met` is None if nothing was measured."""

    name: str
    value: float | None
    unit: str
    target: str
    met: bool | None
    reference: float | None = None
    ratio: float | None = None


def at_most(name: str, value: float, unit: str, limit: float) -> Row:
    """Return a row that is met while `value` is at most `limit`."""
    return Row(name=name, value=round(value, 3), unit=unit, target=f"≤ {limit:g} {unit}", met=value <= limit)


def compared(name: str, value: float, unit: str, *, reference: float, ratio: float, least: float) -> Row:
    """Return a row that is met while `ratio`, of `value` to `reference`, is at least `least`."""
    return Row(
        name=name,
        value=round(value),
        unit=unit,
        reference=round(reference),
        ratio=round(ratio, 3),
        target=f"ratio ≥ {least:g}",
        met=ratio >= least,
    )


def reported(name: str, value: float, unit: str) -> Row:
    """Return a row without a target."""
    return Row(name=name, value=round(value, 3), unit=unit, target="reported", met=None)


def not_measured(name: str, unit: str, target: str) -> Row:
    """Return a row for what this machine lacks the tools to measure."""
    return Row(name=name, value=None, unit=unit, target=target, met=None)


if __name__ == "__main__":
    # `python -m bench.rows NAME FILE`: one module's rows, for the runner; a module may give them as JSON already.
    django.setup()
    process_acts_as_program()
    made = import_module(f"bench.{sys.argv[1]}").rows()
    Path(sys.argv[2]).write_text(json.dumps([row if isinstance(row, dict) else asdict(row) for row in made]))
