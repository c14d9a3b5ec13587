"""The policies against which the policy tests run, and how to change a fact of one."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perron.privacy.policy.current import versions_in
from perron.privacy.policy.reading import parse
from perron.privacy.policy.values import Policy

POLICIES = Path(__file__).parents[2] / "policy"
OPERATORS = sorted(folder.name for folder in POLICIES.iterdir())
every_operator = pytest.mark.parametrize("operator", OPERATORS)

type Facts = dict[str, Any]
type Change = Callable[[Facts], object]


def latest(operator: str) -> Policy:
    """Return the newest version of an operator's policy."""
    return versions_in(POLICIES / operator)[-1]


def facts(operator: str) -> Facts:
    """Return the newest version's `policy.toml`, parsed, free to be changed."""
    return tomllib.loads((latest(operator).folder / "policy.toml").read_text())


def changed(operator: str, change: Change) -> Policy:
    """Return the newest version with a change to its facts. Raises `BadPolicy`."""
    raw = facts(operator)
    change(raw)
    return parse(raw, latest(operator).folder)
