"""The short notice beside a form (GDPR arts 13, 14): who, why, how long, which rights; the rest one tap away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.privacy.policy.activity_parts import activity_part, capitalised, responsible
from perron.privacy.policy.documents import Fact, facts
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Activity, Policy

# What the short lines say already.
_SAID = {"role", "retentions", "source"}


@dataclass(frozen=True)
class Notice:
    """What stands beside a form for one activity. `anchor` is where the policy page says all of it."""

    anchor: str
    short: tuple[Fact, ...]
    more: tuple[Fact, ...]


def notices(policy: Policy, words: Texts, activities: Sequence[str]) -> tuple[Notice, ...]:
    """Return a notice for each of `activities` that the operator carries out, in the language of `words`."""
    return tuple(notice(policy, words, activity) for activity in activities if policy.does(activity))


def notice(policy: Policy, words: Texts, activity: str) -> Notice:
    """Return the notice for one activity. Raises `KeyError` where the operator does not carry it out."""
    found = policy.activities[activity]
    said = words.activity(activity)
    with override(words.language):
        part = activity_part(found, policy, words)
        short = facts(
            ("role", _("Who"), [responsible(found, policy, words)]),
            ("purpose", _("Why"), [said.purpose]),
            ("retentions", _("How long"), list(said.retentions.values())),
            ("rights", _("Your rights"), [_rights(found, policy, words)]),
        )
        ask = facts(
            ("ask", _("Whom to ask"), [_contact(policy)]),
            ("complaint", _("Where to complain"), [words.authority]),
        )
    return Notice(activity, short, (*(fact for fact in part.facts if fact.id not in _SAID), *ask))


def rights_of(activity: Activity, policy: Policy) -> list[str]:
    """Return the identifiers of the rights that somebody has towards this activity, by its grounds."""
    grounds = ["all", *(basis.ground for basis in activity.bases)]
    return list(dict.fromkeys(right for ground in grounds for right in policy.rights.get(ground, ())))


def _rights(activity: Activity, policy: Policy, words: Texts) -> str:
    names = [words.right(right).name for right in rights_of(activity, policy)]
    # German nouns keep their capital within a sentence.
    within = names if words.language == "de" else [name[:1].lower() + name[1:] for name in names]
    return f"{capitalised(words.listed(within))}."


def _contact(policy: Policy) -> str:
    operator = policy.operator
    return " · ".join(filter(None, [operator.name, operator.email, operator.telephone]))
