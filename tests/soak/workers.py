"""A worker to be killed: the lanes that deliver, as a worker runs them, in a process that is forked in milliseconds."""

import mmap
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connections

from perron.audience.models import Channel
from perron.delivery import dispatching, sending, working
from perron.delivery.dispatching import expand
from perron.delivery.leasing import Queue
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import source_of
from perron.project.rounds import at_work
from perron.project.sweeping import sweepers
from tests.soak.receivers import Receipts

MAKING, *SENDING = LANES = ("delivery", Channel.EMAIL.value, Channel.PUSH.value)
# Seconds: longer than any batch takes even here, and short enough to run out while others go on.
LEASE = timedelta(seconds=30)


class Worker:
    """Works from now on, until it is killed. With `notes`, it appends a line when a shard is committed: `made SOURCE`,
    and ` whole` with the last."""

    def __init__(self, notes: Receipts | None = None) -> None:
        # Outlives a kill: a byte for each lane, 1 while it has something in hand.
        self._hands = mmap.mmap(-1, len(LANES))
        self._notes = notes
        connections.close_all()
        self._process = os.fork()
        if self._process == 0:
            self._work()

    @property
    def busy(self) -> set[str]:
        """The lanes that have something in hand: a shard that is not committed, a batch that is not noted."""
        return {lane for lane, hand in zip(LANES, self._hands[:], strict=True) if hand}

    def kill(self) -> set[str]:
        """Kill it, and return which lanes were at work."""
        os.kill(self._process, signal.SIGKILL)
        _, status = os.waitpid(self._process, 0)
        assert os.WIFSIGNALED(status), "the worker came to an end by itself; see above"
        return self.busy

    def _work(self) -> None:
        parent = os.getppid()
        try:
            self._watch_making()
            self._watch_sending()
            (sending.send_due.__kwdefaults__ or {})["lease"] = LEASE
            with at_work([sweeper for sweeper in sweepers() if sweeper.lane in LANES]):
                while os.getppid() == parent:
                    time.sleep(1)
                # Nobody is left who would kill it.
                os._exit(0)
        except BaseException:  # noqa: BLE001 nothing of the parent's may run on here
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(1)

    def _has(self, something: object) -> None:
        self._hands[LANES.index(threading.current_thread().name)] = bool(something)

    def _watch_making(self) -> None:
        in_hand: list[Dispatch] = []

        def begun(dispatch: Dispatch) -> Any:
            in_hand.append(dispatch)
            self._has(dispatch)
            return source_of(dispatch)

        def ended() -> int:
            try:
                steps = expand()
                for made in in_hand:
                    if self._notes:
                        self._notes.add(f"made {made.source}{' whole' if made.expanded_at else ''}")
            finally:
                in_hand.clear()
                self._has(None)
            return steps

        patch.object(dispatching, "source_of", begun).start()
        patch.object(working, "expand", ended).start()

    def _watch_sending(self) -> None:
        lease, send = Queue.lease, sending._send

        def taken(queue: Queue, *which: Any) -> list[Delivery]:
            batch = lease(queue, *which)
            self._has(batch)
            return batch

        def noted(*batch: Any) -> int:
            try:
                return send(*batch)
            finally:
                self._has(None)

        patch.object(Queue, "lease", taken).start()
        patch.object(sending, "_send", noted).start()


def wait_for(condition: Callable[[], object], *, patience: float = 3_600.0) -> None:
    """Return as soon as it holds."""
    ends = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.005)
