"""Connections to push services, kept and used again: as much of HTTP/1.1 (RFC 9112) as a push service's answers need.

A request goes out at once on each of many lines; then the answers are read, each until the deadline that all of them
share. So the slowest of a batch sets its time, not their sum, and no thread waits for one message.
"""

import re
import socket
import time
from collections import defaultdict
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_network

from perron.core.fetching import NotFetched, checked_addresses, tls
from perron.core.push_addresses import PushAddress

_AFTER = 0.01
# What is read of an answer: a head, and words that say why not. Beyond, the line is cut.
_LONGEST_HEAD = 16_384
_LONGEST_BODY = 16_384
_PIECE = 16_384
_DIALLING = 16
# Without trailers, as push services send it; were it found too early, the next answer would be none.
_LAST_CHUNK = b"0\r\n\r\n"
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-5][0-9]{2})[ \r]")


class Broken(Exception):
    """The line broke, or what came over it was no answer. `reason` is a code; `was_kept` says that nothing came at all
    over a line that had been used before: the other side had hung up."""

    def __init__(self, reason: str, *, was_kept: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.was_kept = reason, was_kept


@dataclass(frozen=True, slots=True)
class Answer:
    """What a push service said: its status, and its headers in small letters."""

    status: int
    headers: Mapping[str, str]


class Line:
    """One connection. After `ask` comes `answer`; `is_open` then says whether it can be used again."""

    def __init__(self, plain: socket.socket) -> None:
        self._socket = plain
        self._used = False
        self.is_open = True

    def ask(self, request: bytes, deadline: float) -> None:
        """Send a request. Raises `Broken`."""
        try:
            self._socket.settimeout(_left(deadline))
            self._socket.sendall(request)
        except OSError as error:
            raise self._broken(type(error).__name__, was_kept=self._used) from error

    def answer(self, deadline: float) -> Answer:
        """Return what the other side says to the request. Raises `Broken`.

        What has come already is read after the deadline too: it is not late because another push service kept us
        waiting. One that goes on talking does not make others wait.
        """
        deadline = max(deadline, time.monotonic() + _AFTER)
        said = bytearray()
        while (end := said.find(b"\r\n\r\n")) < 0:
            if len(said) > _LONGEST_HEAD:
                raise self._broken("answer too long")
            if not self._read(said, deadline):
                raise self._broken("hung up", was_kept=self._used and not said)
        answer, minor = self._head(bytes(said[:end]))
        self._used = True
        if minor == b"0" or "close" in answer.headers.get("connection", "").lower():
            self.close()
        elif answer.status not in {204, 304}:
            self._rest(answer.headers, said[end + 4 :], deadline)
        return answer

    def close(self) -> None:
        """Hang up."""
        self.is_open = False
        self._socket.close()

    def _head(self, said: bytes) -> tuple[Answer, bytes]:
        first, *lines = said.split(b"\r\n")
        status = _STATUS.match(first + b"\r")
        # An interim answer (1xx) was not asked for.
        if not status or status[2].startswith(b"1"):
            raise self._broken("no answer of HTTP")
        pairs = (line.decode("latin-1").partition(":") for line in lines)
        return Answer(int(status[2]), {name.lower(): value.strip() for name, _colon, value in pairs}), status[1]

    def _rest(self, headers: Mapping[str, str], said: bytearray, deadline: float) -> None:
        """Read over the words of an answer, so that the line is free; one that cannot be, or is long, is cut."""
        length, coding = headers.get("content-length", ""), headers.get("transfer-encoding", "").lower()
        is_counted = not coding and length.isdecimal() and int(length) <= _LONGEST_BODY
        try:
            while (is_counted and len(said) < int(length)) or (coding == "chunked" and not said.endswith(_LAST_CHUNK)):
                if len(said) > _LONGEST_BODY or not self._read(said, deadline):
                    return self.close()
        except Broken:
            # It has answered; only the line is lost.
            self.close()
        if not is_counted and coding != "chunked":
            self.close()
        return None

    def _read(self, said: bytearray, deadline: float) -> int:
        """Add what came to `said`; return how much, 0 at the end."""
        try:
            self._socket.settimeout(_left(deadline))
            piece = self._socket.recv(_PIECE)
        except OSError as error:
            raise self._broken(type(error).__name__, was_kept=self._used and not said) from error
        said += piece
        return len(piece)

    def _broken(self, reason: str, *, was_kept: bool = False) -> Broken:
        self.close()
        return Broken(reason, was_kept=was_kept and reason != "TimeoutError")


@dataclass
class Exchange:
    """The lines to all push services. `allow` names networks that are reached although they are not public."""

    allow: Collection[str] = ()
    _free: dict[str, list[Line]] = field(default_factory=lambda: defaultdict(list))

    def lines(self, to: PushAddress, number: int, deadline: float) -> list[Line]:
        """Return up to `number` lines to a push service, those that are free before new ones, by the deadline.

        Raises `Broken` where nobody answers, `NotFetched` where nothing may be sent to. Whether somebody does is tried
        with one line: a service that is down costs one wait, not one for each message.
        """
        free = self._free[to.origin]
        found = [free.pop() for _ in range(min(number, len(free)))]
        if number > len(found):
            if not found:
                found = [self._dial(to, deadline)]
            with ThreadPoolExecutor(_DIALLING) as pool:
                dialled = [pool.submit(self._dial_or_not, to, deadline) for _ in range(number - len(found))]
            found += [line for each in dialled if (line := each.result())]
        return found

    def renewed(self, to: PushAddress, deadline: float) -> Line:
        """Return a new line to a push service that hung up on a kept one: on the others it did so as well.

        Raises as `lines`.
        """
        for line in self._free.pop(to.origin, []):
            line.close()
        return self._dial(to, deadline)

    def give_back(self, to: PushAddress, line: Line) -> None:
        """Keep a line that is open for later."""
        if line.is_open:
            self._free[to.origin].append(line)

    def close(self) -> None:
        """Hang up everywhere."""
        for lines in self._free.values():
            for line in lines:
                line.close()
        self._free.clear()

    def _dial_or_not(self, to: PushAddress, deadline: float) -> Line | None:
        try:
            return self._dial(to, deadline)
        except (Broken, NotFetched):
            return None

    def _dial(self, to: PushAddress, deadline: float) -> Line:
        problem = Broken("no address")
        for address in checked_addresses(to.host, to.port, [ip_network(network) for network in self.allow]):
            try:
                plain = socket.create_connection((str(address), to.port), _left(deadline))
            except OSError as error:
                problem = Broken(type(error).__name__)
                continue
            try:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                plain.settimeout(_left(deadline))
                # The certificate is checked against the name, not the address.
                return Line(tls().wrap_socket(plain, server_hostname=to.host) if to.scheme == "https" else plain)
            except OSError as error:
                plain.close()
                raise Broken(type(error).__name__) from error
        raise problem


def _left(deadline: float) -> float:
    """Return for how many seconds to wait. Raises `TimeoutError` where none are left."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
