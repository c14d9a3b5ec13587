"""Runs a deed in a process that is killed at a random moment, lets the program go on, and counts what it cost."""

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from django.db import connections

_WHOLE = 2


@dataclass(frozen=True)
class Cost:
    """What a scenario's rounds came to. `doubled` may be at most `most_doubled`, `lost` nothing; `more` is in words."""

    name: str
    rounds: int
    kills: int
    lost: int
    doubled: int
    most_doubled: int = 0
    more: str = ""

    @property
    def met(self) -> bool:
        """Whether nothing was lost, and nothing done twice beyond what is allowed."""
        return self.lost == 0 and self.doubled <= self.most_doubled


@dataclass(frozen=True)
class Round:
    """One try: the `deed` is killed, `go_on` is what the program does afterwards, `lost` and `doubled` count.

    Of rows that are half of something each counts as lost. A kill may have `in_flight` things done twice.
    """

    deed: Callable[[], object]
    go_on: Callable[[], object]
    lost: Callable[[], int]
    doubled: Callable[[], int]
    in_flight: int = 0


def soak(name: str, scenario: Callable[[int], Round] | Callable[[str, int], Cost], kills: int) -> Cost:
    """Try a scenario until so many kills have met it at work."""
    if getattr(scenario, "kills_by_itself", False):
        return scenario(name, kills)  # type: ignore[call-arg, arg-type, return-value]
    chance = random.Random(name)
    length, met, lost, doubled = 0.0, 0, 0, 0
    for number in count():
        tried: Round = scenario(number)  # type: ignore[call-arg, arg-type, assignment]
        begun = time.monotonic()
        # How long the deed takes is found out in two rounds without a kill: in the first one everything is new.
        met += _killed(tried.deed, after=chance.uniform(0, length) if number >= _WHOLE else None)
        length = length if number >= _WHOLE else time.monotonic() - begun
        tried.go_on()
        lost, doubled = lost + tried.lost(), doubled + tried.doubled()
        if met >= kills:
            return Cost(name, number + 1, met, lost, doubled, most_doubled=met * tried.in_flight)
        assert number < _WHOLE + 20 * kills, "the kills come too late to meet it at work"
    raise AssertionError


def _killed(deed: Callable[[], object], *, after: float | None) -> bool:
    """Do `deed` in another process, killed `after` seconds; say whether it was still at work then."""
    connections.close_all()
    if (child := os.fork()) == 0:
        _work(deed)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the deed failed by itself; see above"
    return os.WIFSIGNALED(status)


def _work(deed: Callable[[], object]) -> None:
    try:
        deed()
    except BaseException:  # noqa: BLE001 nothing of the parent's may run on here
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    os._exit(0)
