"""Learns of releases in all processes: reads the versions four times a second."""

import logging
import threading
import time
from collections.abc import Callable, Mapping

from django.db import close_old_connections

from perron.project.edge.shelf import Shelf

PERIOD = 0.25
# Older knowledge than this is not relied upon: the edge passes through (a release shows within a second).
MOST_AGE = 1.0

_log = logging.getLogger(__name__)


class Watcher:
    """Keeps a shelf up to date by reading the versions with `read`, from a thread of its own.

    Up to `fresh_until` (of the monotonic clock) the shelf may be relied upon.
    """

    def __init__(self, shelf: Shelf, read: Callable[[], Mapping[str, int]]) -> None:
        self.fresh_until = 0.0
        self._shelf = shelf
        self._read = read
        self._failing = False
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def wake(self) -> None:
        """Start watching, unless it goes on already; at the first request, and after a fork."""
        with self._starting:
            if self._thread is None or not self._thread.is_alive():
                self.look()
                self._thread = threading.Thread(target=self._watch, name="edge-watcher", daemon=True)
                self._thread.start()

    def look(self) -> None:
        """Read the versions once. Where that fails, what was known simply ages."""
        began = time.monotonic()
        try:
            self._shelf.update(self._read())
        except Exception:  # noqa: BLE001 whatever is wrong with the database, the web process must go on
            if not self._failing:
                _log.exception("The versions cannot be read; the edge passes requests through until they can.")
            self._failing = True
        else:
            self._failing = False
            self.fresh_until = began + MOST_AGE

    def _watch(self) -> None:
        while True:
            time.sleep(PERIOD)
            self.look()
            if self._failing:
                close_old_connections()
