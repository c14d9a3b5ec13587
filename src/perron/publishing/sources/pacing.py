"""When a source's turn is: as often as is polite and of use, ever more rarely while it fails, never all at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from random import SystemRandom
from statistics import median

_USUAL = timedelta(minutes=30)
# An alert is of use while it is news.
_ALERTS = timedelta(minutes=5)
_RAREST = timedelta(days=1)
# However long a server wants to be left alone: somebody waits for what it has.
_LONGEST_WAIT = timedelta(days=2)
# Chance takes up to so much more, so that sources that were connected together drift apart.
_JITTER = 0.15

# What is called stale: nothing new for three times the usual pause, and longer than ever before by half.
_STALE_AT_LEAST, _STALE_AT_MOST = timedelta(days=7), timedelta(days=400)
_FEWEST_MOMENTS = 4

_chance = SystemRandom()


def until_next(asked: timedelta, *, alerts: bool = False) -> timedelta:
    """Return how long to wait after a poll that went well; `asked` is what the source wants, within our bounds."""
    usual = _ALERTS if alerts else _USUAL
    return min(max(asked, usual), _RAREST) * _chance.uniform(1, 1 + _JITTER)


def until_again(failures: int, asked: timedelta, wait: timedelta, *, alerts: bool = False) -> timedelta:
    """Return how long to wait after so many failures (1 or more): doubling up to a day (an hour for alerts).

    `wait` is what the server asked for in its refusal (Retry-After).
    """
    first = min(max(asked, _ALERTS if alerts else _USUAL), _RAREST)
    doubled = first * (1 << min(failures - 1, 16))
    ceiling = max(first, timedelta(hours=1) if alerts else _RAREST)
    return max(min(doubled, ceiling) * _chance.uniform(1, 1 + _JITTER), min(wait, _LONGEST_WAIT))


def stale_after(moments: Sequence[datetime]) -> datetime | None:
    """Return when the silence of a source is unusual by its own rhythm; None while too little is known of it.

    `moments` are those at which something new came.
    """
    days = sorted({moment.date(): moment for moment in moments}.values())
    if len(days) < _FEWEST_MOMENTS:
        return None
    pauses = [later - earlier for earlier, later in pairwise(days)]
    usual = timedelta(seconds=median(pause.total_seconds() for pause in pauses))
    unusual = max(3 * usual, 1.5 * max(pauses), _STALE_AT_LEAST)
    return days[-1] + min(unusual, _STALE_AT_MOST)
