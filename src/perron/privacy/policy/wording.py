"""Which words a policy needs: the keys that every language file has, neither more nor fewer, and their blanks."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from perron.privacy.policy.filling import blanks
from perron.privacy.policy.values import Activity, Policy, Retention

_BLANK = re.compile(r"\{[^}]*\}")
_FIGURE = re.compile(r"\d+")

type Tree = Mapping[str, "Sentence | Tree"]


@dataclass(frozen=True)
class Sentence:
    """Where words are needed, and which blanks they must contain so that they say what the program does."""

    must: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()
    # Figures come from the facts; only where a law, a standard or a name is told may words have some of their own.
    figures: bool = False


def read_words(policy: Policy, language: str) -> Mapping[str, Any]:
    """Return the parsed file of one language beside the policy. Raises `FileNotFoundError`, `ValueError`."""
    return _parsed(policy.folder / f"{language}.toml")


def find_faults(words: Mapping[str, Any], policy: Policy, known: Mapping[str, str]) -> list[str]:
    """Return "key: what is wrong; remedy." for each missing, unknown or misspelt key; `known` are the facts."""
    return list(_faults(words, needed(policy), "", known))


def needed(policy: Policy) -> Tree:
    """Return every key for which a language file must have words."""
    activities = policy.activities.values()
    recipients = policy.recipients.values()
    return {
        "introduction": Sentence(frozenset({"operator"})),
        "changes": Sentence(figures=True),
        "authority": Sentence(),
        "statements": _statements(policy),
        "activities": {activity.id: _activity(activity) for activity in activities},
        "passing": {retention.trigger: _retention(retention) for retention in policy.passing.values()},
        "subjects": _each(subject for activity in activities for subject in activity.subjects),
        "categories": _each(policy.categories),
        "recipients": _each(policy.recipients),
        "agreements": _each((each.agreement for each in recipients if each.agreement), figures=True),
        "measures": _each(policy.measures, figures=True),
        "reasons": _each(reason for retention in _retentions(policy) for reason in retention.reasons),
        "triggers": _each(retention.trigger for retention in _retentions(policy)),
        "grounds": _each(basis.ground for activity in activities for basis in activity.bases),
        "roles": _each(activity.role for activity in activities),
        "storages": _each(policy.storages),
        "countries": _each(_countries(policy)),
        "transmissions": _each(policy.transmissions),
        "representatives": _each(policy.representatives),
        "third_parties": _each(policy.third_parties, figures=True),
        "rights": {
            right: {"name": Sentence(), "text": Sentence(figures=True)}
            for rights in policy.rights.values()
            for right in rights
        },
    }


def _statements(policy: Policy) -> Tree:
    retentions = list(_retentions(policy))
    telephones = {
        "telephone": policy.operator.telephone,
        "authority_telephone": policy.authority.body.telephone,
    }
    reachable = frozenset({"operator", "address", "email", "authority", "authority_address"})
    always = {
        "offer": Sentence(frozenset({"operator"})),
        "roles": Sentence(),
        "changes": Sentence(),
        "location": Sentence(frozenset({"places", "hosts"})),
        "security": Sentence(),
        "rights": Sentence(),
        "contact": Sentence(reachable | {name for name, number in telephones.items() if number}),
        "children": Sentence(frozenset({"age"})),
        "backups": Sentence(frozenset({"backups"})),
    }
    conditional = {
        "links": bool(policy.third_parties),
        "undertaking": policy.does("D"),
        "as_law_requires": any(retention.or_as_law_requires for retention in retentions),
        "contract_may_shorten": any(retention.contract_may_shorten for retention in retentions),
        "if_needed": any(recipient.if_needed for recipient in policy.recipients.values()),
    }
    return always | {key: Sentence() for key, wanted in conditional.items() if wanted}


def _activity(activity: Activity) -> Tree:
    tree: dict[str, Sentence | Tree] = {"name": Sentence(), "purpose": Sentence()}
    if activity.personal:
        tree["consequence"] = Sentence()
    if any(basis.ground == "legitimate_interest" for basis in activity.bases):
        tree["interest"] = Sentence()
    if activity.bases:
        tree["bases"] = _each(basis.id for basis in activity.bases)
    if activity.retentions:
        tree["retentions"] = {key: _retention(retention) for key, retention in activity.retentions.items()}
    return tree


def _retention(retention: Retention) -> Sentence:
    said = {"period": retention.period, "reasons": retention.reasons}
    must = frozenset(name for name, value in said.items() if value)
    return Sentence(must=must, may=must)


def _retentions(policy: Policy) -> Iterator[Retention]:
    for activity in policy.activities.values():
        yield from activity.retentions.values()
    yield from policy.passing.values()


def _countries(policy: Policy) -> Iterator[str]:
    yield from (body.country for body in (policy.operator, policy.authority.body, *policy.representatives.values()))
    yield from (recipient.country for recipient in policy.recipients.values() if recipient.country)
    yield from (storage.country for storage in policy.storages.values())
    yield from (transmission.country for transmission in policy.transmissions.values())


def _each(keys: Any, *, figures: bool = False) -> dict[str, Sentence | Tree]:
    return dict.fromkeys(keys, Sentence(figures=figures))


def _faults(words: Any, tree: Tree, path: str, known: Mapping[str, str]) -> Iterator[str]:
    for key, wanted in tree.items():
        here = f"{path}{key}"
        if not isinstance(words.get(key), str if isinstance(wanted, Sentence) else Mapping):
            if wanted:
                kind = "a sentence" if isinstance(wanted, Sentence) else "a table"
                yield f"{here}: is missing; add it as {kind}, because policy.toml uses {key!r}."
        elif isinstance(wanted, Sentence):
            yield from _blank_faults(words[key], wanted, here, known)
        else:
            yield from _faults(words[key], wanted, f"{here}.", known)
    for key in words:
        if key not in tree:
            yield f"{path}{key}: policy.toml uses no such name; remove it, or correct its spelling."


def _blank_faults(sentence: str, wanted: Sentence, here: str, known: Mapping[str, str]) -> Iterator[str]:
    if not sentence.strip():
        yield f"{here}: is empty; write what readers should know."
    try:
        used = blanks(sentence)
    except ValueError as error:
        yield f"{here}: {error}; write each blank as {{name}}."
        return
    if not wanted.figures and (figure := _FIGURE.search(_BLANK.sub("", sentence))):
        yield f"{here}: writes the figure {figure[0]}; figures belong into policy.toml, and blanks fill them in."
    for name in sorted(wanted.must - used):
        yield f"{here}: lacks {{{name}}}, so it could say something else than policy.toml; put it in the sentence."
    for name in sorted(used - wanted.must - wanted.may):
        if not known.get(name):
            allowed = ", ".join(sorted({*wanted.must, *wanted.may, *(n for n, value in known.items() if value)}))
            yield f"{here}: policy.toml says nothing for {{{name}}}; use one of {allowed}."


@cache
def _parsed(file: Path) -> Mapping[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
