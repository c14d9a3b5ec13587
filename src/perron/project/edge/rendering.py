"""Having Django render a public page: once for all who wait for it, and without knowing who asks."""

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from perron.core.clock import now
from perron.project.edge.page import Headers, Page, finish
from perron.project.edge.shelf import Key, Shelf
from perron.reader.public import COUNTED, DEPENDS, UNTIL

# Larger responses are not kept; a page of text never is.
_LARGEST = 2_000_000
# How long somebody waits for somebody else's rendering before having it rendered alone.
_PATIENCE = 20.0
_OWN = {DEPENDS.lower(), UNTIL.lower(), COUNTED.lower()}


@dataclass
class Passed:
    """A response that is not the edge's to keep: sent on as the application made it."""

    status: str
    headers: Headers
    chunks: Iterable[bytes]

    def send(self, environ: Mapping[str, Any], start_response: Callable[[str, Headers], Any]) -> Iterable[bytes]:
        """Send it; a HEAD, for which the application saw a GET, without its body."""
        start_response(self.status, [(name, value) for name, value in self.headers if name.lower() not in _OWN])
        if environ["REQUEST_METHOD"] == "HEAD":
            _close(self.chunks)
            return []
        return self.chunks

    @property
    def counted(self) -> str:
        """What a visit counts as; "" if it is not counted."""
        return next((value for name, value in self.headers if name.lower() == COUNTED.lower()), "")

    def as_refusal(self) -> "Passed | None":
        """Return it with its body read if it is a refusal or failure that is the same for everybody; else None."""
        about = {name.lower(): value for name, value in self.headers}
        if self.status[0] not in "45" or "set-cookie" in about or "private" in about.get("cache-control", ""):
            return None
        return Passed(self.status, self.headers, [_read(self.chunks)])


class _Rendering:
    """What one is having rendered and others wait for; a `refusal` is kept only for those."""

    def __init__(self) -> None:
        self.finished = threading.Event()
        self.refusal: Passed | None = None


class Renderer:
    """Asks the application for pages and puts them on the shelf."""

    def __init__(self, application: Callable[..., Iterable[bytes]], shelf: Shelf) -> None:
        self._application = application
        self._shelf = shelf
        self._running: dict[Key, _Rendering] = {}
        self._lock = threading.Lock()

    def once(self, key: Key, environ: Mapping[str, Any]) -> Page | Passed:
        """Render and keep the page, or wait for whoever is rendering it already."""
        with self._lock:
            running = self._running.get(key)
            if running is None:
                own = self._running[key] = _Rendering()
        if running is not None:
            running.finished.wait(_PATIENCE)
            page = self._shelf.pages.get(key)
            # What was answered but could not be kept is each one's own.
            return page if page and _is_true(page) else running.refusal or self.alone(environ)
        try:
            # Before the rendering: what changes meanwhile must differ from it.
            versions = self._shelf.versions
            made = self._ask(environ, versions)
            if isinstance(made, Page):
                if _is_true(made):
                    self._shelf.put(key, made)
                return made
            own.refusal = made.as_refusal()
            return own.refusal or made
        finally:
            with self._lock:
                del self._running[key]
            own.finished.set()

    def alone(self, environ: Mapping[str, Any]) -> Page | Passed:
        """Render the page for this request only."""
        return self._ask(environ, {})

    def _ask(self, environ: Mapping[str, Any], versions: Mapping[str, int]) -> Page | Passed:
        answered: list[tuple[str, Headers]] = []
        chunks = self._application(
            _without_visitor(environ), lambda status, headers, *_: answered.append((status, headers))
        )
        status, headers = answered[-1]
        about = {name.lower(): value for name, value in headers}
        if not _may_be_kept(status, about):
            return Passed(status, headers, chunks)
        body = _read(chunks)
        depends = {name: versions.get(name, 0) for name in about[DEPENDS.lower()].split()}
        until = about.get(UNTIL.lower())
        own = [(name, value) for name, value in headers if name.lower() not in _OWN]
        moment = datetime.fromtimestamp(float(until), UTC) if until else None
        return finish(own, body, depends, moment, about.get(COUNTED.lower(), ""))


def _without_visitor(environ: Mapping[str, Any]) -> dict[str, Any]:
    """Return the request with its address alone: no cookie, authorization, language, agent, network address."""
    address = {name: value for name, value in environ.items() if name[:5] != "HTTP_" or _is_harmless(name, value)}
    for name in ("CONTENT_LENGTH", "CONTENT_TYPE", "REMOTE_USER", "AUTH_TYPE", "REMOTE_PORT", "REMOTE_HOST"):
        address.pop(name, None)
    return address | {"REQUEST_METHOD": "GET", "REMOTE_ADDR": "", "wsgi.input": io.BytesIO()}


def _is_harmless(name: str, value: object) -> bool:
    return name == "HTTP_HOST" or (name, value) == ("HTTP_X_FORWARDED_PROTO", "https")


def _may_be_kept(status: str, about: Mapping[str, str]) -> bool:
    """Say whether a response is public, complete and the same for everybody."""
    if not status.startswith("200 ") or DEPENDS.lower() not in about or "set-cookie" in about:
        return False
    control = {word.strip().partition("=")[0] for word in about.get("cache-control", "").lower().split(",")}
    varies = {word.strip() for word in about.get("vary", "").lower().split(",")} - {"", "accept-encoding"}
    length = about.get("content-length", "")
    return (
        not control & {"private", "no-store"}
        and not varies
        and "content-encoding" not in about
        and length.isdecimal()
        and int(length) <= _LARGEST
    )


def _is_true(page: Page) -> bool:
    return page.until is None or now() < page.until


def _read(chunks: Iterable[bytes]) -> bytes:
    try:
        return b"".join(chunks)
    finally:
        _close(chunks)


def _close(chunks: Iterable[bytes]) -> None:
    with suppress(AttributeError):
        chunks.close()  # type: ignore[attr-defined]
