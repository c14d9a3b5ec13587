"""Sending a file to an address that somebody typed, without being led into the house: the guard of `core.fetching`.

Only https is used, the certificate is checked, and no redirect is followed: what was meant for one address is not
handed to another.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import IO

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from perron.core.fetching import Guard, NotFetched, checked_url, is_public, tls
from perron.core.waiting import asked_to_wait

SECONDS = 600.0
_STEP = 60.0
_PIECE = 1 << 16
# What is read of an answer.
_ANSWER = 1 << 16
_HTTPS = frozenset({443})
_ANY = range(1, 65536)


@dataclass(frozen=True)
class Answered:
    """What the server answered: its status, the beginning of what it said, and for how many seconds it wants to be
    left alone."""

    status: int
    body: bytes
    wait: float = 0.0


def target(address: str, *, allow: Collection[str] = ()) -> httpx.URL:
    """Return the address, if something may be sent to it. Raises `NotFetched` with the sentence to show.

    With `allow`, networks of one's own machine for tests, plain http and other ports are possible too.
    """
    address = address.strip()
    if not allow and not address.lower().startswith("https://"):
        raise NotFetched(_("Give an address that begins with https://: only there is it certain who receives."))
    return checked_url(address, _ANY if allow else _HTTPS)


def is_inside(host: str) -> bool:
    """Say whether a host is the number of a machine in a private network. What a name leads to is looked at when
    something is sent."""
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return False


def post(
    address: str,
    body: IO[bytes],
    size: int,
    *,
    headers: Mapping[str, str],
    seconds: float = SECONDS,
    allow: Collection[str] = (),
) -> Answered:
    """Send the `size` bytes that `body` yields to `address`, in pieces, and return what it answered within `seconds`.

    Raises `NotFetched` if nothing may be sent there, `OSError` if the server was not reached or broke off.
    """
    url = target(address, allow=allow)
    guard = Guard([ip_network(network) for network in allow], time.monotonic() + seconds)
    host = url.raw_host.decode()
    port = f":{url.port}" if url.port else ""
    sent = {
        "Host": f"[{host}]{port}" if ":" in host else f"{host}{port}",
        "User-Agent": f"Perron/{settings.PERRON_BUILD} (+{settings.PERRON_ORIGIN})",
        "Content-Length": str(size),
        "Accept": "application/json",
        "Connection": "close",
        **headers,
    }
    where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    steps = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), min(_STEP, seconds))}
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls(), network_backend=guard, retries=0) as pool,
            pool.stream(
                "POST", where, headers=list(sent.items()), content=_pieces(body, size), extensions=steps
            ) as response,
        ):
            wait = asked_to_wait(httpx.Headers(response.headers))
            return Answered(response.status, _beginning(response.iter_stream()), wait)
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise ConnectionError(str(error) or type(error).__name__) from error


def _pieces(body: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left and (piece := body.read(min(_PIECE, left))):
        left -= len(piece)
        yield piece


def _beginning(stream: Iterator[bytes]) -> bytes:
    """Return at most 64 kB of an answer; one that breaks off later has answered all the same."""
    said = bytearray()
    with suppress(httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException):
        for piece in stream:
            said += piece
            if len(said) >= _ANSWER:
                break
    return bytes(said[:_ANSWER])
