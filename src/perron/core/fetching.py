"""Fetching what stands at an address that somebody typed, without being led into the house (SSRF).

A name is resolved here, every address that it has is checked, and the connection goes to the very address that
was checked: a name that resolves differently the second time gains nothing. Redirects are followed one by one,
each checked anew. Size, time and what unpacking may yield are limited.
"""

import re
import socket
import ssl
import time
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import Message
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import httpcore
import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from perron.core.errors import Refused
from perron.core.unpacking import too_large, unpacked
from perron.core.waiting import asked_to_wait, fresh_for

LIMIT = 20_000_000
SECONDS = 30.0
REDIRECTS = 5
PORTS = frozenset({80, 443})
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/calendar, application/cap+xml, "
    "application/xml;q=0.9, */*;q=0.5"
)

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

# What `ipaddress` calls global or does not know, and nobody publishes from: what Azure speaks to its machines by, 6to4
# and its relays, Teredo, IPv4-compatible, local-use NAT64, ORCHID, documentation, segment routing, site-local.
_NOT_PUBLIC = """168.63.129.16 192.88.99.0/24 2002::/16 2001::/32 ::/96 64:ff9b:1::/48 2001:10::/28 2001:20::/28
                 3fff::/20 5f00::/16 fec0::/10"""
_NOT_PUBLIC_NETWORKS = [ip_network(text) for text in _NOT_PUBLIC.split()]
_NAT64 = ip_network("64:ff9b::/96")
_REDIRECTED = {301, 302, 303, 307, 308}
_FOR_GOOD = {301, 308}


class NotFetched(Refused):
    """There is nothing to read at the address, or it may not be read; the message says why.

    `code` says it for programs, `answered` is the status of the server's answer if that is the reason, and `wait` for
    how many seconds it wants to be left alone.
    """

    def __init__(self, message: str, code: str = "address", *, answered: int = 0, wait: float = 0.0) -> None:
        super().__init__(message)
        self.code, self.answered, self.wait = code, answered, wait


class NoServer(NotFetched):
    """The name leads to no server: there is none, or the directory of names does not answer."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "no_server")


@dataclass(frozen=True)
class Fetched:
    """What stood there. `url` is where the redirects ended; `unchanged` answers a conditional request (304).

    `moved` is where redirects led that are meant for good (301, 308), or "". It is good for `fresh_for` seconds.
    """

    url: str
    body: bytes = b""
    media_type: str = ""
    charset: str = ""
    etag: str = ""
    last_modified: str = ""
    unchanged: bool = False
    moved: str = ""
    fresh_for: float = 0.0


def fetch(
    url: str,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = ACCEPT,
    limit: int = LIMIT,
    seconds: float = SECONDS,
    ports: Collection[int] = PORTS,
    allow: Collection[str] = (),
) -> Fetched:
    """Return what stands at `url` (http or https), at most `limit` bytes unpacked, within `seconds`.

    `etag` and `last_modified` of an earlier answer make the request conditional (RFC 9110 §13). `allow` names
    networks that are reachable although they are not public, for tests on the own machine.

    Raises `NotFetched` or `TooLarge`.
    """
    guard = Guard([ip_network(text) for text in allow], time.monotonic() + seconds)
    headers = _headers(accept, etag, last_modified)
    with httpcore.ConnectionPool(ssl_context=tls(), network_backend=guard, retries=0) as pool:
        # What calendars are called on web pages is opened as any other address.
        target = checked_url(re.sub(r"^webcals?://", "https://", url.strip(), flags=re.IGNORECASE), ports)
        moved, for_good = "", True
        for _hop in range(REDIRECTS + 1):
            answer = _ask(pool, target, headers, limit)
            if isinstance(answer, Fetched):
                return replace(answer, moved=moved)
            status, location = answer
            target = checked_url(location, ports, after=target)
            for_good = for_good and status in _FOR_GOOD
            moved = str(target) if for_good else moved
    raise NotFetched(_("This address leads on and on to others. Give the last one."), "redirects")


def is_public(address: Address) -> bool:
    """Say whether `address` is one that anybody on the internet can have, also when IPv6 wraps an IPv4 one."""
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not (
        address.is_multicast or address.is_reserved or any(address in network for network in _NOT_PUBLIC_NETWORKS)
    )


def checked_url(url: str, ports: Collection[int], after: httpx.URL | None = None) -> httpx.URL:
    """Return `url`, read as a link on the page `after`, if it may be opened. Raises `NotFetched`."""
    try:
        target = after.join(url) if after else httpx.URL(url)
        port = target.port or {"http": 80, "https": 443}.get(target.scheme)
    except (httpx.InvalidURL, UnicodeError, ValueError) as error:
        raise NotFetched(_("This is not an address that can be opened.")) from error
    if target.scheme not in {"http", "https"}:
        raise NotFetched(_("Give an address that begins with https:// or http://."))
    if target.userinfo:
        raise NotFetched(_("Give the address without a user name or password."))
    if not target.host or len(target.host) > 253 or len(url) > 4000:
        raise NotFetched(_("This is not an address that can be opened."))
    if port not in ports:
        raise NotFetched(_("Only the usual ports of the web are opened: 80 and 443."))
    return target.copy_with(fragment=None)


def checked_addresses(host: str, port: int, allowed: Collection[Network]) -> list[Address]:
    """Return what a name leads to. Raises `NoServer`, and `NotFetched` if one of it is neither public nor allowed."""
    try:
        # Also reads old spellings (decimal, octal, short).
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoServer(_("There is no server of this name.")) from error
    addresses = list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
    if not all(is_public(address) or any(address in network for network in allowed) for address in addresses):
        raise NotFetched(_("This address lies inside a private network: it is not opened."), "private")
    return addresses


def _headers(accept: str, etag: str, last_modified: str) -> dict[str, str]:
    headers = {
        "User-Agent": f"Perron/{settings.PERRON_BUILD} (+{settings.PERRON_ORIGIN})",
        "Accept": accept,
        # Not br or zstd: only zlib stops at a given length of output.
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return headers | {name: value for name, value in conditions.items() if re.fullmatch(r"[\x20-\x7e]+", value)}


def _ask(
    pool: httpcore.ConnectionPool, url: httpx.URL, headers: Mapping[str, str], limit: int
) -> Fetched | tuple[int, str]:
    """Return what stands at `url`, or the status with which it redirects and where to."""
    port = f":{url.port}" if url.port else ""
    host = url.raw_host.decode()
    sent = {"Host": f"[{host}]{port}" if ":" in host else f"{host}{port}", **headers}
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    # The guard measures the whole; this is for one step.
    steps = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), 10.0)}
    try:
        with pool.stream("GET", target, headers=list(sent.items()), extensions=steps) as response:
            got = httpx.Headers(response.headers)
            if response.status in _REDIRECTED and "location" in got:
                return response.status, got["location"]
            if response.status == 304:
                etag = got.get("etag", headers.get("If-None-Match", ""))
                return Fetched(url=str(url), etag=etag, unchanged=True, fresh_for=fresh_for(got))
            if response.status != 200:
                message = _("The server answers %(status)d instead of a file.") % {"status": response.status}
                raise NotFetched(message, "status", answered=response.status, wait=asked_to_wait(got))
            return _read(url, got, response.iter_stream(), limit)
    except httpcore.TimeoutException as error:
        raise NotFetched(_("The server takes too long to answer."), "timeout") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError, zlib.error) as error:
        raise NotFetched(_("The server cannot be reached, or breaks off."), "unreachable") from error


def _read(url: httpx.URL, headers: httpx.Headers, chunks: Iterator[bytes], limit: int) -> Fetched:
    declared = headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large(limit)
    encoding = headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
        raise NotFetched(_("The server packs the file in a way that was not asked for."), "packed")
    described = Message()
    described["content-type"] = headers.get("content-type", "")
    return Fetched(
        url=str(url),
        body=unpacked(chunks, encoding, limit),
        media_type=described.get_content_type() if "content-type" in headers else "",
        charset=described.get_content_charset("") or "",
        etag=headers.get("etag", ""),
        last_modified=headers.get("last-modified", ""),
        fresh_for=fresh_for(headers),
    )


@cache
def tls() -> ssl.SSLContext:
    """Return what checks certificates: against the usual authorities, whatever the environment says."""
    return httpx.create_ssl_context(trust_env=False)


class Guard(httpcore.NetworkBackend):
    """Connects to addresses that were checked, until the deadline."""

    def __init__(self, allowed: list[Network], deadline: float) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 the whole has a deadline
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Try each of the host's addresses in turn; refuse if one of them is not public."""
        problem: Exception = httpcore.ConnectError("no address")
        for address in checked_addresses(host, port, self._allowed):
            left = _left(self._deadline)
            try:
                stream = self._plain.connect_tcp(
                    str(address), port, min(left, 10.0), local_address, socket_options or []
                )
                return _Timed(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem


class _Timed(httpcore.NetworkStream):
    """A stream that ends at the deadline, however steadily it drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what there is."""
        return self._stream.read(max_bytes, min(timeout or 10.0, _left(self._deadline)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, min(timeout or 10.0, _left(self._deadline)))

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Return the encrypted stream; the certificate is checked against the name, not the address."""
        left = min(timeout or 10.0, _left(self._deadline))
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return what is known of the connection."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the whole took too long")
    return left
