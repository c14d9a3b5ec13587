"""Who is at work in an installation: any number of web servers and workers, or one restore, never both."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


class Busy(Exception):
    """Somebody is at work who must end first."""


@contextmanager
def at_work() -> Iterator[None]:
    """Be at work, beside others. Raises `Busy` while a restore goes on."""
    with _holding(fcntl.LOCK_SH):
        yield


@contextmanager
def alone() -> Iterator[None]:
    """Be the only one at work. Raises `Busy` while a web server, a worker or another restore runs on this machine."""
    with _holding(fcntl.LOCK_EX):
        yield


@contextmanager
def _holding(kind: int) -> Iterator[None]:
    # The system lets go of it with the process, however that ends.
    with (Path(settings.PERRON_HOME) / ".running").open("w") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy from error
        yield
