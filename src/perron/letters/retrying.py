"""When a letter that could not be sent is tried again: soon, then ever more rarely (RFC 5321 §4.5.4.1)."""

from datetime import timedelta
from random import SystemRandom

_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=6)
_chance = SystemRandom()


def pause(tries: int) -> timedelta:
    """Return how long to wait after `tries` failed tries (1 or more): doubling, up to six hours, of which chance takes
    up to a half, so that what failed together does not come back together."""
    doubled = _FIRST * (1 << min(tries - 1, 16))
    return min(doubled, _LONGEST) * _chance.uniform(0.5, 1)
