import os
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from perron.project.preparing import refuse_half_restored
from perron.project.sweeping import Sweeper, lanes, sweep, sweepers

_TICK = 1.0


class Command(BaseCommand):
    """`perron worker`."""

    help = "Does what happens by itself: releases scheduled items, posts letters, extends recurring events, sweeps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")
        parser.add_argument("--parent", type=int, help="end when the process of this number, which started it, ends")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep until told to stop."""
        refuse_half_restored()
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        parent = options["parent"]
        if options["once"]:
            sweep(sweepers())
            return
        main, *others = lanes(sweepers())
        for lane in others:
            threading.Thread(target=_run, args=(lane, stopping), name=lane[0].lane, daemon=True).start()
        _run(main, stopping, is_orphan=lambda: bool(parent) and os.getppid() != parent)


def _run(lane: list[Sweeper], stopping: threading.Event, is_orphan: Callable[[], bool] = bool) -> None:
    while not stopping.is_set():
        close_old_connections()
        sweep(lane)
        if is_orphan():
            return
        stopping.wait(_TICK)
