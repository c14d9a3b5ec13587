"""As whom somebody stands towards the operator. Who knows it registers here: accounts its holders, billing its clients.

Where an activity rests on legitimate interest, the policy says for whom: "clients and users", for example.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from perron.privacy.among import Keys
from perron.privacy.subjects import Subject

type Known = Iterable[tuple[str, str]]
type Teller = Callable[[Keys], Known]


@dataclass(frozen=True)
class Standings:
    """What is known of a batch, by key (`among.Keys`): their kind, as what they stand, and the addresses of persons."""

    by_kind: dict[str, list[str]]

    standing: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    addresses: dict[str, str] = field(default_factory=dict)


_tellers: dict[tuple[str, str], Teller] = {}


def tells(kind: Literal["person", "address"], stands_as: str) -> Callable[[Teller], Teller]:
    """Register who knows which subjects of a kind stand as one of the policy's sorts of subjects ("account_holder").

    It gets the keys of a batch, asks its table once, and yields key and e-mail address ("" if it has none) of those who
    do. Somebody whose account is closed does not.
    """

    def register(teller: Teller) -> Teller:
        if _tellers.setdefault((kind, stands_as), teller) is not teller:
            raise ValueError(f"two tables tell which {kind} is a {stands_as}")
        return teller

    return register


def of(
    subjects: Collection[Subject], keys: Keys | None = None, *, asks: Collection[str] = ("person", "address")
) -> Standings:
    """Return what is known of these subjects, by one query for each who knows; `keys` are theirs, if made already.

    Nobody is asked about kinds of subjects that are not in `asks`.
    """
    keys = keys or Keys.of(subject.id for subject in subjects)
    by_kind: dict[str, list[str]] = {"person": [], "address": []}
    for subject, key in zip(subjects, keys.values, strict=True):
        by_kind[subject.kind].append(key)
    batches = {kind: Keys(values) for kind, values in by_kind.items() if values}
    found = Standings(by_kind)
    for (kind, stands_as), teller in _tellers.items():
        if kind in batches and kind in asks:
            known = dict(teller(batches[kind]))
            found.standing[stands_as].update(known)
            found.addresses.update(known)
    return found
