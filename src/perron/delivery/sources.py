"""What there is to deliver, and for whom. A source registers when the application is ready; `delivery` does the rest.

A package above registers its own: the operator's campaigns are one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from perron.audience.models import Channel
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody who is to get it. `cursor` is where the walk goes on behind them; `not_before` when they want it."""

    cursor: UUID
    recipient: UUID
    subject: Subject
    channel: Channel = Channel.EMAIL
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """Somebody who was looked at and is to get nothing: the walk goes on behind them, in another transaction."""

    cursor: UUID


@dataclass(frozen=True, slots=True)
class To:
    """A recipient as they are now. `row` is what the source keeps of them, for its own writers."""

    address: str
    language: str
    row: Any


class NothingLeft(Exception):
    """By now there is nothing to say to this recipient."""


class NotNow(Exception):
    """This recipient wants nothing before `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Writer(Protocol):
    """What one dispatch says. It keeps what is the same for many."""

    def to(self, to: To, delivery: Delivery) -> Any:
        """Return the message to one recipient, as the carrier of the delivery's channel sends it.

        Raises `NothingLeft`, `NotNow`.
        """


class Source(Protocol):
    """What becomes dispatches: releases, campaigns, digests. A dispatch is handed to it fetched with its release."""

    @property
    def activity(self) -> Activity:
        """For what the recipients' data are used."""

    def wanted(self, dispatch: Dispatch, *, after: UUID | None, most: int) -> Sequence[Wanted | PassedOver]:
        """Return the next `most` who may get it, in the order of their cursors, from behind `after`; fewer at the end
        only. Somebody may be among them twice, and gets it once."""

    def is_still_news(self, dispatch: Dispatch) -> bool:
        """Say whether it is still to be sent."""

    def recipients(self, ids: Collection[UUID]) -> Mapping[UUID, To]:
        """Return those recipients who are still there."""

    def writer(self, dispatch: Dispatch) -> Writer:
        """Return what writes it."""


_known: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Make a source known by the name that its dispatches carry (`Dispatch.source`)."""
    if name in _known:
        raise ValueError(f"a second source is called {name}")
    _known[name] = source


def source_of(dispatch: Dispatch) -> Source:
    """Return the source of a dispatch."""
    return _known[dispatch.source]
