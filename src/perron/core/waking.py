"""Telling whoever works that there is something to do, as soon as it is committed; and telling them to stop.

The first is a hint and nothing else: what is to be done stands in the tables, where it is found a moment later anyway.
In most processes nobody listens.
"""

import threading
from collections.abc import Callable

from django.db import transaction

# Set when this process is to end: what goes on and on looks at it where nothing is half done.
stopping = threading.Event()

_listeners: list[Callable[[], object]] = []


def listen(listener: Callable[[], object]) -> None:
    """Have `listener` called when there may be something to do: from any thread, often, and never waited for."""
    _listeners.append(listener)


def wake() -> None:
    """Say so once the transaction at hand has committed."""
    for listener in _listeners:
        transaction.on_commit(listener, robust=True)
