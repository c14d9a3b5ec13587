"""Leaving a mail server alone that does not answer."""

import logging
import time
from dataclasses import dataclass

_log = logging.getLogger(__name__)


@dataclass
class Closed:
    """While the mail server does not answer, this process leaves it alone for a while, ever longer up to a minute."""

    pauses: int = 0
    until: float = 0.0

    def holds(self) -> bool:
        """Say whether it is to be left alone now."""
        return time.monotonic() < self.until

    def begin(self, reason: str) -> None:
        """Note that it did not answer."""
        if not self.pauses:
            _log.error("No mail can leave now (%s); it is tried again. Look at PERRON_MAIL.", reason)
        self.pauses += 1
        self.until = time.monotonic() + min(2.0**self.pauses, 60.0)

    def end(self) -> None:
        """Note that it answers."""
        if self.pauses:
            _log.info("Mails leave again.")
        self.pauses, self.until = 0, 0.0
