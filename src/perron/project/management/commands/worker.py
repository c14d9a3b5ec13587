import os
import signal
import threading
import time
from argparse import ArgumentParser
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from perron.core.waking import stopping
from perron.project import rounds
from perron.project.preparing import refuse_half_restored
from perron.project.running import Busy, at_work
from perron.project.sweeping import sweep, sweepers

_TICK = 0.25


class Command(BaseCommand):
    """`perron worker`."""

    help = "Does what happens by itself: releases scheduled items, posts letters, extends recurring events, sweeps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--once", action="store_true", help="do what is due now, then end")
        parser.add_argument("--parent", type=int, help="end when the process of this number, which started it, ends")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Sweep until told to stop."""
        try:
            with at_work():
                refuse_half_restored()
                self._sweep(**options)
        except Busy as error:
            raise CommandError("A restore is going on. Start the worker when it has ended.") from error

    def _sweep(self, **options: Any) -> None:
        if options["once"]:
            sweep(sweepers())
            return
        if options["parent"]:
            threading.Thread(target=_end_with, args=(options["parent"],), daemon=True).start()
        if settings.PERRON_TASKS == "celery":
            import_module("perron.project.celery").work()
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        with rounds.at_work(sweepers()):
            # A signal's handler runs in this thread, which therefore holds no lock.
            while not stopping.is_set():
                time.sleep(_TICK)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_TICK)
    os.kill(os.getpid(), signal.SIGTERM)
