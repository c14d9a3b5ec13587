"""Between the processes of one machine: a file whose time says when something was last committed that wants work.

It is a hint, as a broker's message is (`core.waking`): a worker that misses it looks a moment later anyway.
"""

from pathlib import Path

from django.conf import settings


def nudge() -> None:
    """Say that there may be something to do."""
    _file().touch()


def last_nudge() -> int:
    """Return when somebody said so last, as a number that differs from the one before; 0 where nobody has."""
    try:
        return _file().stat().st_mtime_ns
    except OSError:
        return 0


def _file() -> Path:
    return Path(settings.PERRON_HOME) / ".nudged"
