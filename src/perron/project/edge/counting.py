"""Counts the pages that a web process sends, in memory, and hands the sums to `statistics` every few seconds.

What a request says of its sender is looked at only to leave out programs that call themselves one, and is forgotten
at once: a count knows the page and the day.
"""

import atexit
import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import close_old_connections

from perron.core import clock
from perron.statistics.counting import Opened

# At a kill, at most the counts of this many seconds are lost.
PERIOD = 5.0
# More different pages than this between two flushes are not real.
_MOST = 50_000
# How programs introduce themselves, as they all do by convention ("Googlebot/2.1", "compatible; … +https://…").
_PROGRAMS = ("bot/", "http://", "https://", "crawler", "spider", "curl/", "wget/", "python-", "okhttp/")

_log = logging.getLogger(__name__)

type Counts = Mapping[tuple[Opened, date], int]


class Tally:
    """Counts since the last flush. `add` stores sums for good; `by_itself` says whether a thread sees to it."""

    def __init__(self, add: Callable[[Counts], None], *, by_itself: bool = True) -> None:
        self._add = add
        self._by_itself = by_itself
        self._counts: dict[tuple[str, date], int] = {}
        self._day = clock.today()
        self._ends = clock.next_midnight()
        self._lock = threading.Lock()
        self._flushing = threading.Lock()
        self._thread: threading.Thread | None = None

    def count(self, page: str, environ: Mapping[str, Any]) -> None:
        """Count one opening of `page` (`str(Opened)`), unless a program asks for it or it is fetched in advance."""
        agent = environ.get("HTTP_USER_AGENT", "").lower()
        for word in _PROGRAMS:
            if word in agent:
                return
        if "HTTP_PURPOSE" in environ or "HTTP_SEC_PURPOSE" in environ:
            return
        if clock.now() >= self._ends:
            self._turn_the_page()
        key = (page, self._day)
        with self._lock:
            if key in self._counts:
                self._counts[key] += 1
            elif len(self._counts) < _MOST:
                self._counts[key] = 1
        if self._by_itself and self._thread is None:
            self._start()

    def flush(self) -> None:
        """Store what was counted. Where that fails, it is kept for the next time."""
        # One at a time: what a failed flush puts back must not be counted twice.
        with self._flushing:
            with self._lock:
                counts, self._counts = self._counts, {}
            if not counts:
                return
            try:
                self._add({(Opened.read(page), day): number for (page, day), number in counts.items()})
            except Exception:  # noqa: BLE001 counting must never stop a web process
                _log.exception("The page counts cannot be stored now; they are kept in memory until they can.")
                with self._lock:
                    for key, number in counts.items():
                        self._counts[key] = self._counts.get(key, 0) + number

    def _turn_the_page(self) -> None:
        self._day, self._ends = clock.today(), clock.next_midnight()

    def _start(self) -> None:
        """Begin to flush; at the first count, so that a forked process has a thread of its own."""
        with self._flushing:
            if self._thread is None:
                self._thread = threading.Thread(target=self._go_on, name="page-counts", daemon=True)
                self._thread.start()
                atexit.register(self.flush)

    def _go_on(self) -> None:
        pause = threading.Event()
        while True:
            pause.wait(PERIOD)
            self.flush()
            close_old_connections()
