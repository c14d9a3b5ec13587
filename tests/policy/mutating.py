"""Every way in which one fact of a policy file can be wrong: each leaf changed, each entry and table removed."""

import copy
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.policy.operators import Facts


@dataclass(frozen=True)
class Mutation:
    """One change to the facts; `name` is the key with what is done to it: "activities.B.role: other value"."""

    name: str
    apply: Callable[[Facts], None]

    def of(self, facts: Facts) -> Facts:
        """Return the facts with this change."""
        mutated = copy.deepcopy(facts)
        self.apply(mutated)
        return mutated


def mutations(facts: Facts) -> Iterator[Mutation]:
    """Yield every mutation of every leaf, entry and table, always in the same order."""
    vocabulary: dict[str, set[str]] = defaultdict(set)
    for path, value in _walk(facts):
        if isinstance(value, str):
            vocabulary[_kind(path)].add(value)
    for path, value in _walk(facts):
        yield Mutation(f"{_dotted(path)}: removed", _remove(path))
        if isinstance(value, Mapping | list):
            continue
        for what, other in _others(value, vocabulary[_kind(path)]):
            yield Mutation(f"{_dotted(path)}: {what}", _replace(path, other))


def _others(value: object, vocabulary: set[str]) -> Iterator[tuple[str, object]]:
    match value:
        case bool():
            yield "turned round", not value
        case int():
            yield "one more", value + 1
            yield "one less", value - 1
        case date():
            yield "a day later", value + timedelta(days=1)
            yield "a day earlier", value - timedelta(days=1)
        case str():
            yield "empty", ""
            yield "misspelt", value[:-1] + ("y" if value.endswith("x") else "x")
            if number := re.search(r"\d+", value):
                yield "another figure", value.replace(number[0], str(int(number[0]) + 1), 1)
            if further := sorted(vocabulary - {value}):
                yield "other value", further[sum(map(ord, value)) % len(further)]


def _walk(facts: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield every table, list and leaf with the way to it."""
    entries = facts.items() if isinstance(facts, Mapping) else enumerate(facts) if isinstance(facts, list) else ()
    for key, value in entries:
        yield (*path, key), value
        yield from _walk(value, (*path, key))


def _kind(path: tuple[str | int, ...]) -> str:
    """Return the key whose values are alike: that of the leaf, or of the list in which it stands."""
    return next(key for key in reversed(path) if isinstance(key, str))


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(key) for key in path)


def _remove(path: tuple[str | int, ...]) -> Callable[[Facts], None]:
    def apply(facts: Facts) -> None:
        del _parent(facts, path)[path[-1]]

    return apply


def _replace(path: tuple[str | int, ...], value: object) -> Callable[[Facts], None]:
    def apply(facts: Facts) -> None:
        _parent(facts, path)[path[-1]] = value

    return apply


def _parent(facts: Any, path: tuple[str | int, ...]) -> Any:
    for key in path[:-1]:
        facts = facts[key]
    return facts
