"""By mail: one after the other, over one connection; slower to domains that ask for it, and not at all to addresses
from which mail comes back."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from perron.audience.models import Channel
from perron.channels.email import transport
from perron.channels.email.pacing import Domains
from perron.channels.email.sending import Post
from perron.core.errors import PerronError
from perron.delivery import dispatching
from perron.delivery.carriers.carrying import SENT, SUPPRESSED, Outcome, Ready, Unreachable
from perron.delivery.models import Delivery
from perron.letters import bounces
from perron.privacy.clearing import TooLate
from perron.privacy.subjects import of_address

_log = logging.getLogger(__name__)
_FAILED = Delivery.State.FAILED
_SUPPRESSED = Outcome(_FAILED, SUPPRESSED)


class Mail:
    """Sends what `channels.email.mailing` prepared."""

    channel = Channel.EMAIL
    # A handful, because an urgent message must not wait behind a long batch either.
    in_flight = 20

    def __init__(self) -> None:
        self.domains = Domains()

    @contextmanager
    def open(self) -> Iterator["_Line"]:
        """Return the connection to the mail server, made with the first mail."""
        with Post() as post:
            yield _Line(post, self.domains)


class _Line:
    def __init__(self, post: Post, domains: Domains) -> None:
        self._post = post
        self._domains = domains

    def send(self, batch: Sequence[Ready]) -> Iterator[tuple[Ready, Outcome]]:
        """Send mail after mail."""
        suppressed = bounces.suppressed_among([each.message.to for each in batch])
        for each in batch:
            if each.message.to in suppressed:
                yield each, _SUPPRESSED
            elif wait := self._domains.wait(
                each.message.to, urgent=each.delivery.dispatch.priority == dispatching.ALERT
            ):
                yield each, Outcome(None, "domain slowed down", pause=timedelta(seconds=wait), tried=False)
            else:
                yield each, self._send(each)

    def _send(self, each: Ready) -> Outcome:
        try:
            self._post.send(each.message, each.clearance)
        except transport.NotSent as error:
            return self._not_sent(each.message.to, error)
        except transport.Unreachable as error:
            raise Unreachable(error.reason) from error
        except TooLate:
            # Too late for this one and all behind it, which says nothing about the mail.
            raise
        except PerronError as error:
            return Outcome(_FAILED, type(error).__name__)
        except Exception as error:  # noqa: BLE001 one mail that breaks the program does not stop those behind it
            _log.exception("A mail could not be sent; it is tried again.")
            return Outcome(None, type(error).__name__)
        self._domains.taken(each.message.to)
        return SENT

    def _not_sent(self, address: str, error: transport.NotSent) -> Outcome:
        self._domains.refused(address, error)
        status = error.reason.partition(" ")[2]
        # Mostly this is told later, by a report; a server that knows says it at once.
        if error.permanent and bounces.says_no_mailbox(status):
            bounces.note(of_address(address), status)
        return Outcome(_FAILED if error.permanent else None, error.reason)
