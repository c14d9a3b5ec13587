"""By webhook: several servers at once, and none that just kept us waiting."""

import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from perron.audience.failing import note_failure, note_taken
from perron.audience.models import Channel, Webhook
from perron.audience.webhooks import leads_here
from perron.channels.webhook.sending import NotTaken, send
from perron.delivery.carriers.carrying import SENT, Outcome, Ready
from perron.delivery.models import Delivery
from perron.privacy.clearing import TooLate

_log = logging.getLogger(__name__)
_State = Delivery.State
# After a server did not answer, what else goes to it waits this long, doubling; meanwhile others are called.
_FIRST_PAUSE = 30.0
_LONGEST_PAUSE = 600.0
# So does, once, what goes to a server that took a call but let everybody wait for longer than this.
_SLOW = 5.0
# It was not called: what allowed it had run out, since the clock was set forward. That is not the server's fault.
_TOO_LATE = "clearance"


@dataclass
class _Silence:
    """For how long a server is left alone, in seconds, and until when, of the monotonic clock."""

    lasts: float
    until: float


class Webhooks:
    """Makes the calls that `delivery.calling` prepared."""

    channel = Channel.WEBHOOK
    in_flight = 8

    def __init__(self) -> None:
        self._silences: dict[str, _Silence] = {}

    @contextmanager
    def open(self) -> Iterator["_Line"]:
        """Return as many threads as calls are made at once."""
        with ThreadPoolExecutor(self.in_flight) as threads:
            yield _Line(threads, self._silences)


class _Line:
    def __init__(self, threads: ThreadPoolExecutor, silences: dict[str, _Silence]) -> None:
        self._threads, self._silences = threads, silences

    def send(self, batch: Sequence[Ready]) -> Iterator[tuple[Ready, Outcome]]:
        """Call all of them at once, each server by its own thread."""
        calls = {}
        for each in batch:
            if outcome := self._not_called(each.message.webhook):
                yield each, outcome
            else:
                calls[self._threads.submit(copy_context().run, _call, each)] = each
        for done in as_completed(calls):
            each = calls[done]
            failure, took = done.result()
            yield each, self._noted(each.message.webhook, failure, took=took)

    def _not_called(self, webhook: Webhook) -> Outcome | None:
        """Return what becomes of a delivery to a webhook that is not called now; None if it is."""
        if webhook.state != Webhook.State.ON:
            return Outcome(_State.GIVEN_UP, webhook.state)
        if leads_here(webhook.address):
            # A platform took this name since.
            return self._noted(webhook, NotTaken("loop", permanent=True))
        if left := self._left_alone_for(_server(webhook)):
            return Outcome(None, "unreachable", timedelta(seconds=left), tried=False)
        return None

    def _left_alone_for(self, server: str) -> float:
        known = self._silences.get(server)
        return max(known.until - time.monotonic(), 0.0) if known else 0.0

    def _leave_alone(self, server: str) -> None:
        """Leave a server alone that did not answer; once for what it did not answer in one batch."""
        if not self._left_alone_for(server):
            known = self._silences.get(server)
            lasts = min(known.lasts * 2, _LONGEST_PAUSE) if known else _FIRST_PAUSE
            self._silences[server] = _Silence(lasts, time.monotonic() + lasts)

    def _noted(self, webhook: Webhook, failure: NotTaken | None, *, took: float = 0.0) -> Outcome:
        server = _server(webhook)
        if failure is None:
            self._silences.pop(server, None)
            if took > _SLOW:
                self._leave_alone(server)
            note_taken(webhook.pk)
            return SENT
        if failure.reason == _TOO_LATE:
            return Outcome(None, _TOO_LATE, tried=False)
        if failure.reason == "unreachable":
            self._leave_alone(server)
        note_failure(webhook.pk, failure.reason, for_good=failure.permanent)
        pause = timedelta(seconds=failure.wait) if failure.wait else None
        return Outcome(_State.FAILED if failure.permanent else None, failure.reason, pause)


def _call(each: Ready) -> tuple[NotTaken | None, float]:
    """Make one call; return why it failed, and how many seconds it took. In a thread, which uses no database."""
    begun = time.monotonic()
    failure: NotTaken | None = None
    try:
        send(each.message.call, each.clearance)
    except NotTaken as error:
        failure = error
    except TooLate:
        failure = NotTaken(_TOO_LATE)
    except Exception as error:  # noqa: BLE001 one call that breaks the program does not stop the others
        _log.exception("A webhook could not be called; it is tried again.")
        failure = NotTaken(type(error).__name__)
    return failure, time.monotonic() - begun


def _server(webhook: Webhook) -> str:
    return urlsplit(webhook.address).netloc
