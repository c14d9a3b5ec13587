"""Every address of the program, from its URL table, filled in with what belongs to one town or to another."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.isolation.towns import PUBLIC, WORDS, Town

_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Route:
    """An address with holes: `holes` are the names of its arguments, each as `Town.identifiers` or `WORDS` has it."""

    template: str
    holes: Mapping[str, str]
    who_may: str

    @property
    def named(self) -> list[str]:
        """Which arguments name something of a town's."""
        return [hole for hole, key in self.holes.items() if key not in WORDS]

    def filled(self, towns: Mapping[str, Town], but_one: Town | None = None) -> Iterator[str]:
        """Yield its addresses, each argument naming everything that its town has of the sort; of `but_one` one each."""
        values = [
            towns[hole].identifiers[key][: 1 if towns[hole] is but_one else None] if hole in towns else (WORDS[key],)
            for hole, key in self.holes.items()
        ]
        for chosen in product(*values):
            arguments = dict(zip(self.holes, map(str, chosen), strict=True))
            yield "/" + _ARGUMENT.sub(lambda match: arguments[match[1]], self.template)  # noqa: B023 used at once


@dataclass(frozen=True)
class Attempt:
    """An address that names something of another town. `refused`: it must not be answered at all."""

    address: str
    refused: bool


def routes(town: Town) -> list[Route]:
    """Return every route. Fails for an argument of which `town` has none, unless it is said to be but a word."""
    known = {*WORDS, *town.identifiers}
    # A pattern that is a regular expression names nothing of a town's: a colour, a link to a new password.
    found = [route for route in _walk(get_resolver().url_patterns, known) if "(?P" not in route.template]
    unknown = {(route.template, key) for route in found for key in route.holes.values() if key not in known}
    assert not unknown, f"say in towns.py what these arguments name: {sorted(unknown)}"
    return found


def attempts(route: Route, own: Town, other: Town) -> Iterator[Attempt]:
    """Yield its addresses with each mixture of what is one's own and what is another's, but all one's own."""
    for towns in product((own, other), repeat=len(route.named)):
        theirs = [hole for hole, town in zip(route.named, towns, strict=True) if town is other]
        if theirs:
            refused = route.who_may != "anyone" or any(route.holes[hole] not in PUBLIC for hole in theirs)
            for address in route.filled(dict(zip(route.named, towns, strict=True)), but_one=own):
                yield Attempt(address, refused)


def own_addresses(route: Route, own: Town) -> Iterator[str]:
    """Yield its addresses with nothing but one's own."""
    yield from route.filled(dict.fromkeys(route.named, own))


def _walk(
    patterns: list[Any], known: Collection[str], prefix: str = "", outer: Mapping[str, str] | None = None
) -> Iterator[Route]:
    for pattern in patterns:
        template = f"{prefix}{pattern.pattern}"
        holes = {
            **(outer or {}),
            **{name: _key(name, kind, known) for name, kind in pattern.pattern.converters.items()},
        }
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, known, template, holes)
        elif isinstance(pattern, URLPattern):
            yield Route(template, holes, getattr(pattern.callback, "who_may", "nobody said"))


def _key(name: str, converter: object, known: Collection[str]) -> str:
    with_converter = f"{name}/{type(converter).__name__}"
    return with_converter if with_converter in known else name
