"""Asking whether something stands at an address, without reading it: with the guard of `fetching`."""

import socket
import ssl
import time
from collections.abc import Collection
from ipaddress import ip_network
from typing import Literal

import httpcore
import httpx
from django.conf import settings

from perron.core.fetching import PORTS, REDIRECTS, Guard, NoServer, NotFetched, checked_url, tls

SECONDS = 15.0
_REDIRECTED = {301, 302, 303, 307, 308}

# The status of an answer; or "unreachable" (no such name, nobody listens), or "unclear": it may well work for people
# (a certificate that only browsers complete, a server that keeps programs waiting, a circle for who has no cookie).
type Reached = int | Literal["unreachable", "unclear"]


def reach(url: str, *, ports: Collection[int] = PORTS, allow: Collection[str] = ()) -> Reached:
    """Ask with HEAD, and with GET what HEAD does not find: many servers know only that. Never raises.

    `ports` and `allow` as for `fetching.fetch`.
    """
    try:
        answer = _follow("HEAD", url, ports, allow)
        return _follow("GET", url, ports, allow) if answer >= 400 else answer
    except (NoServer, httpcore.ConnectError, httpcore.ConnectTimeout) as error:
        return "unreachable" if _nobody_there(error) else "unclear"
    except (NotFetched, httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, OSError):
        return "unclear"


def _follow(method: str, url: str, ports: Collection[int], allow: Collection[str]) -> int:
    guard = Guard([ip_network(text) for text in allow], time.monotonic() + SECONDS)
    with httpcore.ConnectionPool(ssl_context=tls(), network_backend=guard, retries=0) as pool:
        target = checked_url(url, ports)
        for _hop in range(REDIRECTS + 1):
            status, leads_to = _ask(pool, method, target)
            if status not in _REDIRECTED or not leads_to:
                return status
            target = checked_url(leads_to, ports, after=target)
    raise NotFetched("circle")


def _ask(pool: httpcore.ConnectionPool, method: str, url: httpx.URL) -> tuple[int, str]:
    """Return the status and where it redirects to. The body is not read."""
    port = f":{url.port}" if url.port else ""
    host = url.raw_host.decode()
    headers = {
        "Host": f"[{host}]{port}" if ":" in host else f"{host}{port}",
        "User-Agent": f"Perron/{settings.PERRON_BUILD} (+{settings.PERRON_ORIGIN})",
        "Accept": "*/*",
        "Connection": "close",
    }
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    steps = {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)}
    with pool.stream(method, target, headers=list(headers.items()), extensions=steps) as response:
        return response.status, httpx.Headers(response.headers).get("location", "")


def _nobody_there(error: BaseException) -> bool:
    """Tell a name that does not exist, or a closed door, from a directory that did not answer and from TLS."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return False
        if isinstance(cause, socket.gaierror):
            return cause.errno != socket.EAI_AGAIN
        cause = cause.__cause__ or cause.__context__
    return True
