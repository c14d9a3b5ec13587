"""Asking a source for what it has: one request, or one for each part of a list that goes on."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.conf import settings

from perron.core.fetching import ACCEPT, PORTS, Fetched, fetch
from perron.publishing.sources import reading
from perron.publishing.sources.entry import Feed
from perron.publishing.sources.mapping import MOST_PAGES, Paths, next_page, read_mapped

MOST_BYTES = 10_000_000
SECONDS = 30.0
# Between two parts of the same list.
PAUSE = 0.5
JSON = "application/json"


@dataclass(frozen=True)
class Asked:
    """What a source answered. `pages` are the parts of its list, one for everything but mapped JSON."""

    first: Fetched
    pages: tuple[bytes, ...] = ()

    @property
    def digest(self) -> str:
        """What tells whether any byte of it changed."""
        return sha256(b"\0".join(self.pages)).hexdigest()


def ask(
    address: str,
    paths: Paths | None = None,
    *,
    etag: str = "",
    last_modified: str = "",
    accept: str = "",
    seconds: float = SECONDS,
) -> Asked:
    """Return what stands at `address`, all parts of it together in `seconds`. Raises `NotFetched`, `TooLarge`."""
    end = time.monotonic() + seconds
    allow = settings.PERRON_SOURCE_NETWORKS
    ports: Sequence[int] | frozenset[int] = range(1, 65536) if allow else PORTS
    accept = accept or (JSON if paths or is_api(address) else ACCEPT)
    first = fetch(
        address,
        etag=etag,
        last_modified=last_modified,
        accept=accept,
        limit=MOST_BYTES,
        seconds=seconds,
        ports=ports,
        allow=allow,
    )
    pages, here, seen = [first.body], first.url, {first.url}
    while paths and not first.unchanged and len(pages) < MOST_PAGES:
        further = next_page(pages[-1], paths)
        here = urljoin(here, further) if further else ""
        # A list stays on its site: what leads elsewhere, or back, is its end.
        if not here or here in seen or urlsplit(here).netloc != urlsplit(first.url).netloc:
            break
        seen.add(here)
        time.sleep(PAUSE)
        left = MOST_BYTES - sum(map(len, pages))
        # Half a list would look like one that lost its other half: a part that fails fails the whole.
        pages.append(
            fetch(here, accept=accept, limit=left, seconds=end - time.monotonic(), ports=ports, allow=allow).body
        )
    return Asked(first, tuple(pages))


def read(asked: Asked, paths: Paths | None) -> Feed:
    """Return the feed in what was answered. Raises `Unreadable`, `TooLarge`."""
    if paths:
        return read_mapped(list(asked.pages), paths, asked.first.url)
    return reading.read(asked.first.body, charset=asked.first.charset, base=asked.first.url)


def is_api(address: str) -> bool:
    """Say whether the address is one of Plone's interface for programs, which answers with JSON only when asked to."""
    path = urlsplit(address).path
    return "/@" in path or "++api++" in path


def with_all_columns(address: str) -> str:
    """Return the address of a Plone search so that it tells dates and places, too, unless it says what it wants."""
    parts = urlsplit(address)
    asked = {name for name, _value in parse_qsl(parts.query, keep_blank_values=True)}
    if not parts.path.rstrip("/").endswith("/@search") or asked & {"metadata_fields", "fullobjects"}:
        return address
    return parts._replace(query=f"{parts.query}&metadata_fields=_all".lstrip("&")).geturl()
