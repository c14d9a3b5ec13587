"""The only way out for push messages (RFC 8030). Nothing leaves without a clearance to use its reader's data."""

import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self

from django.conf import settings

from perron.channels.web_push.encryption import encrypt
from perron.channels.web_push.identifying import authorization
from perron.channels.web_push.lines import Answer, Broken, Exchange, Line
from perron.core.fetching import NoServer, NotFetched
from perron.core.push_addresses import PushAddress, read_push_address
from perron.core.waiting import asked_to_wait
from perron.privacy.clearing import Clearance, redeem
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject

# Seconds in which the push services of a batch must be reached, and again in which all answers must have come.
PATIENCE = 10.0
# Seconds for which a push service that does not answer is left alone: twice as many each time, up to the second.
_PAUSE, _LONGEST_PAUSE = 15.0, 600.0
# What only lacked a line of ours is tried again after so many seconds.
_SOON = 1.0
_TOPIC = re.compile(r"[A-Za-z0-9_-]{0,32}")

type Urgency = Literal["very-low", "low", "normal", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One message to one browser.

    `whose` and `activity` say whose data are used for what. `ttl` is for how many seconds the push service keeps it for
    a device that is off; of two with the same `topic` that wait there, only the later arrives (RFC 8030 §5.2 to 5.4).
    """

    to: str
    p256dh: bytes
    auth: bytes
    whose: Subject
    activity: Activity
    text: bytes
    urgency: Urgency
    ttl: int
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message; `reason` is a code, without a word about anybody.

    "sent": the push service has it. "gone": there is no such browser any more. "failed": it never will be taken.
    "later": not now, and not before `wait` seconds have passed. "unreachable": the push service does not answer; the
    message did not fail by itself, and can be tried after `wait` seconds.
    """

    end: Literal["sent", "gone", "failed", "later", "unreachable"]
    reason: str = ""
    wait: float = 0.0


@dataclass
class _Pause:
    until: float = 0.0
    times: int = 0


class Post:
    """Sends many messages at once over lines that it keeps. Not for two threads at a time."""

    def __init__(self) -> None:
        self._exchange = Exchange()
        self._pauses: dict[str, _Pause] = defaultdict(_Pause)

    def send(self, messages: Sequence[tuple[Push, Clearance]]) -> Iterator[tuple[Push, Outcome]]:
        """Send all of them at once, and yield what became of each, in any order. Raises `BadClearance`, and `Refused`
        where we have no name to give to push services."""
        self._exchange.allow = settings.PERRON_PUSH_NETWORKS
        for push, clearance in messages:
            redeem(clearance, activity=push.activity, subject=push.whose)
        services: dict[str, list[tuple[Push, PushAddress]]] = defaultdict(list)
        for push, _clearance in messages:
            if address := read_push_address(push.to):
                services[address.origin].append((push, address))
            else:
                yield push, Outcome("failed", "address")
        signed = [authorization(origin) for origin in services]
        reached = self._reach(services.values())
        asked: list[tuple[Push, PushAddress, Line, bytes]] = []
        deadline = time.monotonic() + PATIENCE
        for theirs, token, (lines, why) in zip(services.values(), signed, reached, strict=True):
            for push, address in theirs:
                if not lines:
                    yield push, why
                    continue
                line = lines.pop()
                request = self._ask(push, address, line, token, deadline)
                if isinstance(request, Outcome):
                    yield push, request
                else:
                    asked.append((push, address, line, request))
        for push, address, line, request in asked:
            yield push, self._outcome(address, line, request, deadline)

    def close(self) -> None:
        """Hang up."""
        self._exchange.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reach(self, services: Collection[Sequence[tuple[Push, PushAddress]]]) -> list[tuple[list[Line], Outcome]]:
        """Return lines to each push service, and what becomes of a message to it that gets none.

        All are dialled at once: anybody can subscribe with names that lead nowhere, and these hold up no other.
        """
        deadline = time.monotonic() + PATIENCE
        if len(services) < 2:
            return [self._reach_one(theirs, deadline) for theirs in services]
        with ThreadPoolExecutor(len(services)) as threads:
            return list(threads.map(lambda theirs: self._reach_one(theirs, deadline), services))

    def _reach_one(self, theirs: Sequence[tuple[Push, PushAddress]], deadline: float) -> tuple[list[Line], Outcome]:
        address = theirs[0][1]
        if held := self._held(address.origin):
            return [], held
        try:
            return self._exchange.lines(address, len(theirs), deadline), Outcome("unreachable", "no line", _SOON)
        except NoServer:
            return [], self._pause(address.origin, "no server")
        except NotFetched as error:
            return [], Outcome("failed", error.code)
        except Broken as error:
            return [], self._pause(address.origin, error.reason)

    def _ask(self, push: Push, address: PushAddress, line: Line, signed: str, deadline: float) -> bytes | Outcome:
        """Send a request and return it, or what became of the message that it was to carry."""
        try:
            request = _request(push, address, signed)
        except ValueError:
            self._exchange.give_back(address, line)
            return Outcome("failed", "message")
        try:
            line.ask(request, deadline)
        except Broken as error:
            # One that had hung up meanwhile says so when its answer is read.
            if not error.was_kept:
                return self._pause(address.origin, error.reason)
        return request

    def _outcome(self, address: PushAddress, line: Line, request: bytes, deadline: float) -> Outcome:
        try:
            try:
                answer = line.answer(deadline)
            except Broken as error:
                if not error.was_kept:
                    raise
                if held := self._held(address.origin):
                    return held
                # Many that each take their time would hold up the whole batch.
                if time.monotonic() >= deadline + PATIENCE:
                    return Outcome("unreachable", error.reason, _SOON)
                line, answer = self._once_more(address, request, deadline + PATIENCE)
        except (Broken, NotFetched) as error:
            reason = error.reason if isinstance(error, Broken) else error.code
            return self._pause(address.origin, reason) if reason == "TimeoutError" else Outcome("later", reason)
        self._exchange.give_back(address, line)
        self._pauses.pop(address.origin, None)
        return _read(answer)

    def _once_more(self, address: PushAddress, request: bytes, deadline: float) -> tuple[Line, Answer]:
        """Send on a new line what a kept one did not carry: the other side had waited too long for it.

        What another push service took of the batch's time is not this one's fault: all that is sent once more has as
        much again.
        """
        line = self._exchange.renewed(address, deadline)
        line.ask(request, deadline)
        return line, line.answer(deadline)

    def _held(self, origin: str) -> Outcome | None:
        left = self._pauses[origin].until - time.monotonic() if origin in self._pauses else 0.0
        return Outcome("unreachable", "left alone", left) if left > 0 else None

    def _pause(self, origin: str, reason: str) -> Outcome:
        """Leave a push service alone that did not answer; once for what it did not answer in one batch."""
        if held := self._held(origin):
            return Outcome("unreachable", reason, held.wait)
        pause = self._pauses[origin]
        seconds = min(_PAUSE * 2.0**pause.times, _LONGEST_PAUSE)
        pause.until, pause.times = time.monotonic() + seconds, pause.times + 1
        return Outcome("unreachable", reason, seconds)


def _request(push: Push, address: PushAddress, signed: str) -> bytes:
    """Return the request as it travels. Raises `ValueError` for a message or keys that are none."""
    body = encrypt(push.text, push.p256dh, push.auth)
    if not _TOPIC.fullmatch(push.topic):
        raise ValueError("A topic has at most 32 letters of base64url.")
    topic = f"Topic: {push.topic}\r\n" if push.topic else ""
    head = (
        f"POST {address.target} HTTP/1.1\r\nHost: {address.authority}\r\nAuthorization: {signed}\r\n"
        f"TTL: {push.ttl:d}\r\nUrgency: {push.urgency}\r\n{topic}Content-Encoding: aes128gcm\r\n"
        f"Content-Type: application/notification+json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


def _read(answer: Answer) -> Outcome:
    """Return what an answer means (RFC 8030 §5, RFC 8292 §4.2)."""
    code = str(answer.status)
    if 200 <= answer.status < 300:
        return Outcome("sent", code)
    if answer.status in {404, 410}:
        return Outcome("gone", code)
    # 401 and 403 are about who sends: a clock that is wrong makes tokens that are over, or not yet good.
    if answer.status in {401, 403, 408, 425, 429} or answer.status >= 500:
        return Outcome("later", code, asked_to_wait(answer.headers))
    return Outcome("failed", code)
