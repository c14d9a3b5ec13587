"""What has a worker begin: one thread asks what there is to do, and each lane does it in a thread of its own.

Asking is one question of the database for all sweepers that must not wait, so that a worker with nothing to do costs it
next to nothing. Where a question or a hint is lost, the next one finds the same.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError, close_old_connections, connection

from perron.core.waking import listen, stopping
from perron.project.nudging import last_nudge
from perron.project.sweeping import Sweeper, carry_out, lanes

# An alert starts within a second: this, and the time that its first message takes to be made.
PERIOD = 0.6
# Every so many seconds it looks at a file's time: whether another process of this machine left something to do.
_EAR = 0.05
# After this many seconds whoever is still at work is left to its lease.
_GRACE = 8.0

_log = logging.getLogger(__name__)


class Pulse:
    """Says which sweepers are to begin, with `begin`, which must not wait: those that have work, and those whose time
    has come."""

    def __init__(self, rounds: list[Sweeper], begin: Callable[[Sweeper], object]) -> None:
        self._rounds = rounds
        self._begin = begin
        self._early = threading.Event()
        self._failing = False

    def hurry(self) -> None:
        """Have it look at once, rather than when its time has come."""
        self._early.set()

    def run(self) -> None:
        """Look again and again, until the process is to stop."""
        while not stopping.is_set():
            self._early.clear()
            heard = last_nudge()
            self.look()
            if self._failing:
                close_old_connections()
            ends = time.monotonic() + PERIOD
            while time.monotonic() < ends and last_nudge() == heard and not self._early.wait(_EAR):
                pass

    def look(self) -> None:
        """Look once. What is due by the clock begins even if the database does not answer: it may again by then."""
        try:
            found = {sweeper.name for sweeper in with_work(self._rounds)}
            self._failing = False
        except DatabaseError:
            if not self._failing:
                _log.exception("The database does not say what there is to do; it is asked again.")
            self._failing = True
            found = set()
        for sweeper in self._rounds:
            if sweeper.name in found or time.monotonic() >= sweeper.due:
                sweeper.due = time.monotonic() + sweeper.every
                self._begin(sweeper)


def with_work(rounds: Iterable[Sweeper]) -> list[Sweeper]:
    """Return the sweepers for which there is something to do now, by one question for them all."""
    asked: list[tuple[Sweeper, str]] = []
    parameters: list[Any] = []
    for sweeper in rounds:
        for work in sweeper.work:
            statement, given = work().order_by().query.exists().get_compiler(connection=connection).as_sql()
            asked.append((sweeper, f"EXISTS({statement})"))
            parameters += given
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(each for _, each in asked)}", parameters)
        answers = cursor.fetchone()
    found = {sweeper.name: sweeper for (sweeper, _), answer in zip(asked, answers, strict=True) if answer}
    return list(found.values())


class Lane(threading.Thread):
    """Does what a lane's sweepers have to do, one after the other; after each that did something, `done` is called."""

    def __init__(self, name: str, done: Callable[[], None]) -> None:
        super().__init__(name=name, daemon=True)
        self._done = done
        self._change = threading.Condition()
        self._wanted: dict[str, Sweeper] = {}
        self._ending = False

    def want(self, sweeper: Sweeper) -> None:
        """Have a sweeper run, unless it waits for its turn already."""
        with self._change:
            self._wanted[sweeper.name] = sweeper
            self._change.notify()

    def end(self) -> None:
        """Have no further one begin."""
        with self._change:
            self._ending = True
            self._change.notify()

    def run(self) -> None:
        """Work until the end."""
        while sweeper := self._next():
            close_old_connections()
            if carry_out(sweeper):
                self._done()

    def _next(self) -> Sweeper | None:
        with self._change:
            self._change.wait_for(lambda: self._wanted or self._ending)
            return None if self._ending else self._wanted.pop(next(iter(self._wanted)))


@contextmanager
def at_work(rounds: list[Sweeper], *, elsewhere: Callable[[Sweeper], bool] = lambda _: False) -> Iterator[Pulse]:
    """Do what there is to do from threads, within the block; `elsewhere` may take a sweeper away.

    The block ends when the process is `stopping`; what is at work then comes to its own end, for a while.
    """

    def begin(sweeper: Sweeper) -> None:
        if not elsewhere(sweeper):
            workers[sweeper.lane].want(sweeper)

    pulse = Pulse(rounds, begin)
    workers = {name: Lane(name, pulse.hurry) for name in lanes(rounds)}
    asking = threading.Thread(target=pulse.run, name="pulse", daemon=True)
    listen(pulse.hurry)
    for thread in (*workers.values(), asking):
        thread.start()
    yield pulse
    ends = time.monotonic() + _GRACE
    for lane in workers.values():
        lane.end()
    for thread in (*workers.values(), asking):
        thread.join(max(0.0, ends - time.monotonic()))
