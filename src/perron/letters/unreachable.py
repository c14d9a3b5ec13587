"""Leaving the other side of a channel alone that does not answer."""

import logging
import time
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass
class Closed:
    """While the other side does not answer, this process leaves it alone for a while, ever longer up to a minute."""

    pauses: int = 0
    until: float = 0.0

    def holds(self) -> bool:
        """Say whether it is to be left alone now."""
        return time.monotonic() < self.until

    def begin(self, reason: str, *, by: str = "email") -> None:
        """Note that nothing can leave `by` a channel."""
        if not self.pauses:
            look = " Look at PERRON_MAIL." if by == "email" else ""
            _log.error("Nothing can leave by %s now (%s); it is tried again.%s", by, reason, look)
        self.pauses += 1
        self.until = time.monotonic() + min(2.0**self.pauses, 60.0)

    def end(self) -> None:
        """Note that it answers."""
        if self.pauses:
            _log.info("It leaves again.")
        self.pauses, self.until = 0, 0.0
