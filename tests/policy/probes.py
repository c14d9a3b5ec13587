"""What the program does with a policy, as somebody sees it: the probes that a mutation must move.

Each probe returns a value that can be compared. A probe asks only what the program itself asks, so that a fact that
nothing uses is not seen by it either.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from perron.privacy.declaring import Activity
from perron.privacy.policy import vocabulary
from perron.privacy.policy.notices import notices, rights_of
from perron.privacy.policy.register import Partner, register
from perron.privacy.policy.rendering import page
from perron.privacy.policy.texts import texts
from perron.privacy.policy.values import Policy

_MOMENT = datetime(2026, 3, 31, 12, tzinfo=UTC)
_PARTNER = Partner("Ville d'Exemple", "0123456749")


def _retention(policy: Policy) -> object:
    """Which rows are due: before which moment their clock must have begun."""
    own = {(a.id, t): r for a in policy.activities.values() for t, r in a.retentions.items()}
    passing = {("", trigger): retention for trigger, retention in policy.passing.items()}
    cuts = {key: kept.period and kept.period.before(_MOMENT) for key, kept in (own | passing).items()}
    return cuts, policy.backups.before(_MOMENT)


def _permission(policy: Policy) -> object:
    """What may be done at all, with whose consent, from which age; what they may ask."""
    grounds = {
        activity.id: [(basis.ground, basis.subjects) for basis in activity.bases]
        for activity in policy.activities.values()
    }
    rights = {activity.id: rights_of(activity, policy) for activity in policy.activities.values()}
    return [policy.does(activity) for activity in Activity], grounds, rights, policy.age_of_consent


def _pages(policy: Policy) -> object:
    """What visitors read on the policy page and beside the forms."""
    words = texts(policy.languages[0], policy)
    return page(policy, words), notices(policy, words, list(policy.activities))


def _registers(policy: Policy) -> object:
    """What the authority reads, and partners."""
    words = texts(policy.languages[0], policy)
    return register(policy, words), register(policy, words, partner=_PARTNER)


def _linked_data(policy: Policy) -> object:
    """What programs read."""
    words = texts(policy.languages[0], policy)
    return json.dumps(
        [vocabulary.json_ld(policy, words, base="https://x.example/", partner=p) for p in (None, _PARTNER)]
    )


PROBES: dict[str, Callable[[Policy], object]] = {
    "retention": _retention,
    "permission": _permission,
    "pages": _pages,
    "registers": _registers,
    "linked data": _linked_data,
}


def differences(policy: Policy, seen: dict[str, object]) -> Iterator[str]:
    """Yield the names of the probes that see something else than `seen`."""
    return (name for name, probe in PROBES.items() if probe(policy) != seen[name])
