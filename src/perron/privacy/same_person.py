"""As whom else somebody is known: an account has addresses, an address had an account. Packages above register it.

A copy or an erasure is of everything about somebody, so whoever is identified as one is identified as the others too.
"""

from collections.abc import Callable, Iterable

from perron.privacy.subjects import Subject

type Teller = Callable[[Subject], Iterable[Subject]]

_tellers: list[Teller] = []


def tells_who_else(teller: Teller) -> Teller:
    """Register who knows it: gets a subject that is identified, and yields what belongs to the same person for sure."""
    _tellers.append(teller)
    return teller


def known_as(subject: Subject) -> tuple[Subject, ...]:
    """Return `subject` itself, and then as whom else the same person is known."""
    found = [subject]
    for known in found:
        found += [other for teller in _tellers for other in teller(known) if other not in found]
    return tuple(found)
