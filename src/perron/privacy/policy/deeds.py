"""The text of an agreement: plain lines that are hashed, signed, shown on a screen and printed, all from the same.

    # title    ## heading    ## 1. clause [28(3)(a)]    ### smaller heading    - fact: value    + another value of it

Anything else is a paragraph. One line is one block; a line is never broken.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from perron.privacy.policy.documents import Fact, Part
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Policy

type Sort = Literal["title", "heading", "subheading", "paragraph", "facts"]

_MARKS: tuple[tuple[str, Sort], ...] = (("### ", "subheading"), ("## ", "heading"), ("# ", "title"))
_CLAUSE = re.compile(r"(?P<text>.*) \[(?P<source>[^\[\]]+)\]")


@dataclass(frozen=True)
class Party:
    """An organisation as an agreement names it; `number` and `address` are "" where there is none."""

    name: str
    number: str = ""
    address: str = ""


@dataclass(frozen=True)
class Block:
    """A piece of the text: `source` is the provision that a clause carries out, `facts` are labels and their values."""

    sort: Sort
    text: str = ""
    source: str = ""
    facts: tuple[tuple[str, tuple[str, ...]], ...] = ()


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def joined(lines: Iterable[str]) -> str:
    """Return the lines as a text, each on one line however it was written."""
    return "".join(f"{' '.join(line.split())}\n" for line in lines)


def blocks(text: str) -> list[Block]:
    """Return the pieces of a text that `joined` made, in their order."""
    found: list[Block] = []
    for line in text.splitlines():
        if line.startswith(("- ", "+ ")):
            _add_fact(found, line)
        else:
            found.append(_block(line))
    return found


def parties(
    policy: Policy, words: Texts, partner: Party, *, title: str, source: str, sides: tuple[str, str]
) -> list[str]:
    """Return the lines with which an agreement begins; `sides` name what the partner and the operator are."""
    operator = policy.operator
    return [
        f"# {title}",
        source,
        *_lines(sides[0], [partner.name, partner.number, partner.address, _("hereafter: the partner")]),
        *_lines(sides[1], [operator.name, operator.enterprise_number, words.address(operator), operator.email,
                           _("hereafter: the operator")]),
    ]  # fmt: skip


def clauses(stated: Iterable[tuple[str, str, str]]) -> Iterator[str]:
    """Yield the lines of numbered clauses, from (title, provision, words)."""
    for number, (title, source, words) in enumerate(stated, start=1):
        yield f"## {number}. {title}" + (f" [{source}]" if source else "")
        yield words


def part_lines(part: Part) -> list[str]:
    """Return the lines of a part of the policy, under a smaller heading."""
    return [f"### {part.title}", part.lead, *fact_lines(part.facts)]


def fact_lines(facts: Iterable[Fact]) -> list[str]:
    """Return the lines of facts."""
    return [line for fact in facts for line in _lines(fact.label, _values(fact))]


def _values(fact: Fact) -> list[str]:
    said = [each.text for each in fact.values]
    return [", ".join(said)] if fact.is_list else said


def _lines(label: str, values: list[str]) -> list[str]:
    present = [value for value in values if value]
    return [f"- {label}: {present[0]}", *(f"+ {value}" for value in present[1:])] if present else []


def _add_fact(found: list[Block], line: str) -> None:
    before = found.pop().facts if found and found[-1].sort == "facts" else ()
    if line.startswith("+ ") and before:
        label, values = before[-1]
        after = (*before[:-1], (label, (*values, line[2:])))
    else:
        label, _colon, value = line[2:].partition(": ")
        after = (*before, (label, (value,)))
    found.append(Block("facts", facts=after))


def _block(line: str) -> Block:
    for mark, sort in _MARKS:
        if line.startswith(mark):
            said = line.removeprefix(mark)
            clause = _CLAUSE.fullmatch(said)
            return Block(sort, clause["text"], clause["source"]) if clause else Block(sort, said)
    return Block("paragraph", line)
