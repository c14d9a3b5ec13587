"""What a way out must do, and how it fails."""

from datetime import datetime
from typing import Protocol

from perron.channels.email.mail import Sender
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject


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


class Outgoing(Protocol):
    """A mail that can leave: to whom, whose data it uses for what, and itself as it travels."""

    @property
    def to(self) -> str:
        """The one address."""

    @property
    def whose(self) -> Subject:
        """Whose address it is."""

    @property
    def activity(self) -> Activity:
        """What it is part of."""

    @property
    def sender(self) -> Sender:
        """In whose name."""

    @property
    def message_id(self) -> str:
        """By what it is known when it arrives twice."""

    @property
    def date(self) -> datetime:
        """When it was written."""

    @property
    def relaxed_body(self) -> bytes | None:
        """Its body in the form that is signed (`dkim.relaxed_body`), where it is known already."""

    def source(self) -> bytes:
        """Return all of it. Raises `Refused` for an address that is none."""


class Transport(Protocol):
    """A way out for mails, opened at the first one."""

    def deliver(self, mail: Outgoing) -> None:
        """Hand a mail over. Returns when it is the other side's; raises `NotSent` or `Unreachable`."""

    def close(self) -> None:
        """Let go of connections."""
