"""Asking a program at an address that somebody typed, and reading its JSON: with the guard of `core.fetching`.

Only https is used, but with networks that a test allows. No redirect is followed: what is sent is meant for one
address.
"""

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlencode

import httpcore
from django.conf import settings
from django.utils.translation import gettext as _

from perron.core.fetching import Guard, NotFetched, checked_url, tls

SECONDS = 10.0
# What is read of an answer: a key set of a large provider has 30 kB.
_LIMIT = 1 << 20
_HTTPS = frozenset({443})
_ANY = range(1, 65536)


@dataclass(frozen=True)
class Said:
    """What the program answered."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return it read. Raises `NotFetched` for what is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise NotFetched(_("The server answers something else than what was asked for."), "format") from error


def call(
    address: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    allow: Collection[str] = (),
) -> Said:
    """Ask `address`, by a form where one is given, and return what it said. Raises `NotFetched`."""
    url = checked_url(address, _ANY if allow else _HTTPS)
    if url.scheme != "https" and not allow:
        raise NotFetched(_("Give an address that begins with https://."))
    guard = Guard([ip_network(network) for network in allow], time.monotonic() + SECONDS)
    body = urlencode(form).encode() if form is not None else b""
    sent = {
        "Host": url.netloc.decode(),
        "User-Agent": f"Perron/{settings.PERRON_BUILD} (+{settings.PERRON_ORIGIN})",
        "Accept": "application/json",
        "Connection": "close",
        **({"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))} if body else {}),
        **(headers or {}),
    }
    where = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    steps = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
    method = "GET" if form is None else "POST"
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls(), network_backend=guard, retries=0) as pool,
            pool.stream(method, where, headers=list(sent.items()), content=body, extensions=steps) as response,
        ):
            said = bytearray()
            for piece in response.iter_stream():
                said += piece
                if len(said) > _LIMIT:
                    raise NotFetched(_("The server answers something else than what was asked for."), "format")
            return Said(response.status, bytes(said))
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        raise NotFetched(_("The server cannot be reached, or breaks off."), "unreachable") from error
