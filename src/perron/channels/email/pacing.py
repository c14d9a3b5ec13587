"""How fast mail goes to one receiving domain: as fast as it likes, and slower to one that says that it is too much.

Kept in the memory of a worker: each finds out for itself, within a message or two.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from random import SystemRandom

from perron.channels.email.transport import NotSent
from perron.core.clock import now

# RFC 5321 §4.2.2, at any step: closing, busy, an error there, no room. Of one mailbox alone speak 4.1.x and 4.2.x.
_TOO_MUCH = re.compile(r"(421|450|451|452)( (?!4\.[12]\.).*)?")
_SILENT = "connection lost"
# Seconds between two messages: after the first refusal, at most; and when it is as fast as it likes.
_FIRST, _LONGEST, _NOTHING = 2.0, 900.0, 0.1
# Each silence costs everybody else the time that it takes to find out.
_SLOWER, _SLOWER_AFTER_SILENCE, _FASTER = 2.0, 8.0, 0.8
# Of domains that refuse something, so many are remembered.
_MOST = 1_000
_chance = SystemRandom()


@dataclass
class _Pace:
    gap: float = 0.0
    # When the next one may go, in seconds since 1970.
    at: float = 0.0


@dataclass
class Domains:
    """The pace of each domain that refused something lately."""

    _slow: OrderedDict[str, _Pace] = field(default_factory=OrderedDict)

    def wait(self, address: str, *, urgent: bool = False) -> float:
        """Return in how many seconds a message to `address` may go; 0: now, and the next one to its domain after it.

        What must wait comes back at different times, up to a quarter of an hour later, unless it is urgent.
        """
        pace = self._slow.get(_domain(address))
        if pace is None:
            return 0.0
        left = pace.at - now().timestamp()
        # A clock that was set back makes nobody wait longer.
        if not 0 < left <= _LONGEST:
            pace.at = now().timestamp() + pace.gap
            return 0.0
        return left if urgent else left + _chance.uniform(0, _LONGEST)

    def taken(self, address: str) -> None:
        """Note that a message to `address` was taken: the next ones may follow sooner."""
        domain = _domain(address)
        if pace := self._slow.get(domain):
            pace.gap *= _FASTER
            pace.at = min(pace.at, now().timestamp() + pace.gap)
            if pace.gap < _NOTHING:
                del self._slow[domain]

    def refused(self, address: str, error: NotSent) -> None:
        """Note that a message to `address` was refused; if it was too much, or there was no answer, the domain is left
        in peace for a while, longer at each further time."""
        silent = error.reason == _SILENT
        if not silent and not _TOO_MUCH.fullmatch(error.reason):
            return
        domain = _domain(address)
        pace = self._slow.setdefault(domain, _Pace())
        self._slow.move_to_end(domain)
        pace.gap = min(max(pace.gap * (_SLOWER_AFTER_SILENCE if silent else _SLOWER), _FIRST), _LONGEST)
        pace.at = now().timestamp() + pace.gap
        if len(self._slow) > _MOST:
            self._slow.popitem(last=False)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
