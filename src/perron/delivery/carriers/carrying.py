"""What a carrier does: it hands messages to the other side and says what became of each."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from perron.audience.models import Channel
from perron.delivery.models import Delivery
from perron.privacy.clearing import Clearance


class Unreachable(Exception):
    """Nothing can leave by this channel now, whosesoever. `reason`, for the log, says nothing about anybody."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery that may leave, and its message."""

    delivery: Delivery
    message: Any
    clearance: Clearance


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try. Without a `state` it is tried again as our own patience has it: where it was `tried`, not
    before `pause`, for which the other side asked; else after `pause`.

    `reason` is a code, without a word about anybody. `tried` is False where the other side was not there to refuse it:
    that brings no message nearer to being given up.
    """

    state: Delivery.State | None
    reason: str = ""
    pause: timedelta | None = None
    tried: bool = True


SENT = Outcome(Delivery.State.SENT)
# The reason where nothing was tried, since earlier mail came back from there: whoever has the address can change that.
SUPPRESSED = "suppressed"


class Line(Protocol):
    """A carrier's connections, for as long as there is something to send."""

    def send(self, batch: Sequence[Ready]) -> Iterator[tuple[Ready, Outcome]]:
        """Send, in whatever order, and say of each what became of it as soon as that is known.

        Raises `Unreachable` where none of those left can go; these had no try.
        """


class Carrier(Protocol):
    """One channel's way out."""

    @property
    def channel(self) -> Channel:
        """Whose deliveries it takes."""

    @property
    def in_flight(self) -> int:
        """How many it takes at once: what a kill can repeat at most."""

    def open(self) -> AbstractContextManager[Line]:
        """Return its connections, which end with the block."""
