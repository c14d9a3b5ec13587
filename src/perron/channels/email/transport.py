"""What a way out must do, and how it fails."""

from typing import Protocol

from perron.channels.email.mail import Mail


class NotSent(Exception):
    """The mail was not taken. `reason` is a code, without a word about anybody.

    `permanent` says that trying again is of no use (RFC 5321 §4.2.1).
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class Unreachable(Exception):
    """No mail can leave now, whosesoever: the server does not answer, or does not know us. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transport(Protocol):
    """A way out for mails, opened at the first one."""

    def deliver(self, mail: Mail) -> None:
        """Hand a mail over. Returns when it is the other side's; raises `NotSent` or `Unreachable`."""

    def close(self) -> None:
        """Let go of connections."""
