"""The policy file is changed one fact at a time: each change must be refused, or be seen somewhere.

What survives is listed by name, with its reason, in docs/policy.md.
"""

import re
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from perron.privacy.gate.activities import activity_gaps
from perron.privacy.gate.clocks import clock_gaps
from perron.privacy.gate.facts import fact_gaps
from perron.privacy.policy.reading import BadPolicy, check_folder, parse
from tests.policy.mutating import mutations
from tests.policy.operators import Facts, every_operator, facts, latest
from tests.policy.probes import PROBES, differences

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy.md"


@pytest.mark.once
@every_operator
def test_every_mutation_is_refused_or_seen(operator: str, record_property: Callable[[str, object], None]) -> None:
    sound = facts(operator)
    seen = {name: probe(latest(operator)) for name, probe in PROBES.items()}
    assert _noticed_by(sound, operator, seen) == "nobody"
    noticed: Counter[str] = Counter()
    survivors = []
    for mutation in mutations(sound):
        by = _noticed_by(mutation.of(sound), operator, seen)
        noticed[by] += 1
        if by == "nobody":
            survivors.append(mutation.name)
    total = noticed.total()
    score = f"{operator}: {total - len(survivors)} of {total} mutations noticed ({dict(noticed)}); survivors: "
    record_property("policy_mutations", score + (", ".join(survivors) or "none"))
    assert total > 300
    assert set(survivors) == _explained(operator)


def _noticed_by(mutated: Facts, operator: str, seen: dict[str, object]) -> str:
    folder = latest(operator).folder
    try:
        policy = parse(mutated, folder)
        check_folder(policy)
    except BadPolicy:
        return "reading"
    if next(chain(fact_gaps(policy), activity_gaps(policy), clock_gaps(policy)), None):
        return "the gate"
    return next(differences(policy, seen), "nobody")


def _explained(operator: str) -> set[str]:
    """Return the survivors that docs/policy.md gives a reason for: "- letsgocity `key: what`: the reason."."""
    return set(re.findall(rf"^- {operator} `([^`]+)`: \S.+", DOCUMENT.read_text(), re.MULTILINE))
