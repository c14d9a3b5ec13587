"""By web push: many at once, over lines to push services that are kept from round to round."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from perron.audience.leaving import forget_gone
from perron.audience.models import Channel
from perron.channels.web_push import sending
from perron.channels.web_push.sending import Post
from perron.core.errors import Refused
from perron.delivery.carriers.carrying import SENT, Outcome, Ready, Unreachable
from perron.delivery.models import Delivery

_State = Delivery.State


class WebPush:
    """Sends what `notifying` wrote."""

    channel = Channel.PUSH
    # Enough that a push service that answers after 50 ms takes more than a thousand a second.
    in_flight = 100

    def __init__(self) -> None:
        self._own = threading.local()

    @contextmanager
    def open(self) -> Iterator["_Line"]:
        """Return this thread's lines. They stay open behind the block: each costs a handshake."""
        if not hasattr(self._own, "post"):
            self._own.post = Post()
        yield _Line(self._own.post)


class _Line:
    def __init__(self, post: Post) -> None:
        self._post = post

    def send(self, batch: Sequence[Ready]) -> Iterator[tuple[Ready, Outcome]]:
        """Send all of it at once."""
        ready = {id(each.message): each for each in batch}
        gone = []
        try:
            for push, outcome in self._post.send([(each.message, each.clearance) for each in batch]):
                each = ready[id(push)]
                if outcome.end == "gone":
                    gone.append(each.delivery.recipient_id)
                yield each, read(outcome)
        except Refused as error:
            # Nobody could be asked about what we send: the installation's business, not a message's.
            raise Unreachable(error.message) from error
        finally:
            # There is no such browser any more: what it wanted goes as well.
            forget_gone(gone)


def read(outcome: sending.Outcome) -> Outcome:
    """Return what an outcome is to the ledger."""
    match outcome.end:
        case "sent":
            return SENT
        case "gone":
            return Outcome(_State.GONE, outcome.reason)
        case "failed":
            return Outcome(_State.FAILED, outcome.reason)
    pause = timedelta(seconds=outcome.wait) if outcome.wait else None
    # A push service that does not answer says nothing about the message.
    return Outcome(None, outcome.reason, pause, tried=outcome.end != "unreachable")
