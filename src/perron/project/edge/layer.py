"""The outermost layer of a web process: what Django rendered for the public once, it repeats.

A page is kept only if its view is marked `reader.public.at_the_edge`, its response went through
`reader.public.public`, and nothing about it is private. For such views Django sees a request without cookies,
authorization or anything else that tells one visitor from another.
"""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any

from perron.core.clock import now
from perron.project.edge.asking import Asked, asked_of
from perron.project.edge.counting import Tally
from perron.project.edge.negotiating import CONDITIONS, answer, encoding_for
from perron.project.edge.page import Headers, Page
from perron.project.edge.rendering import Passed, Renderer
from perron.project.edge.shelf import Key, Shelf
from perron.project.edge.watcher import Watcher

type StartResponse = Callable[[str, Headers], Any]
type Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

_IF_NONE_MATCH, _RANGE, _IF_MODIFIED_SINCE, _IF_MATCH, _IF_UNMODIFIED_SINCE = CONDITIONS


class Edge:
    """WSGI around `application`, keeping at most `memory` bytes; `read_versions` tells what is current.

    `tally` counts what is sent. Where `secure`, only requests that the proxy received by https are
    answered from memory.
    """

    def __init__(
        self,
        application: Application,
        *,
        read_versions: Callable[[], Mapping[str, int]],
        tally: Tally,
        memory: int,
        secure: bool,
    ) -> None:
        self.shelf = Shelf(memory)
        self.watcher = Watcher(self.shelf, read_versions)
        self.tally = tally
        self._application = application
        self._renderer = Renderer(application, self.shelf)
        self._secure = secure

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or have it rendered, or pass it through."""
        key = (environ.get("HTTP_HOST", ""), environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        page = self.shelf.pages.get(key)
        if (
            page is not None
            and monotonic() < self.watcher.fresh_until
            and (page.until is None or now() < page.until)
            and environ["REQUEST_METHOD"] in {"GET", "HEAD"}
            and (not self._secure or environ.get("HTTP_X_FORWARDED_PROTO") == "https")
        ):
            page.used = True
            return self._send(key, page, environ, start_response)
        return self._render(key, environ, start_response)

    def _send(self, key: Key, page: Page, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if page.counted and environ["REQUEST_METHOD"] == "GET":
            self.tally.count(page.counted, environ)
        encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        variant = page.variants.get(encoding) or self.shelf.add_variant(key, page, encoding)
        if (
            _IF_NONE_MATCH in environ
            or _RANGE in environ
            or _IF_MODIFIED_SINCE in environ
            or _IF_MATCH in environ
            or _IF_UNMODIFIED_SINCE in environ
        ):
            status, headers, body = answer(page, variant, environ)
            start_response(status, headers)
            return [body] if environ["REQUEST_METHOD"] == "GET" else []
        start_response("200 OK", variant.headers)
        return variant.full if environ["REQUEST_METHOD"] == "GET" else []

    def _render(self, key: Key, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or (
            self._secure and environ.get("HTTP_X_FORWARDED_PROTO") != "https"
        ):
            return self._application(environ, start_response)
        asked = asked_of(environ)
        if asked is Asked.NOT_PUBLIC:
            return self._application(environ, start_response)
        if monotonic() >= self.watcher.fresh_until:
            self.watcher.wake()
        keep = asked is Asked.KEEPABLE and monotonic() < self.watcher.fresh_until
        made = self._renderer.once(key, environ) if keep else self._renderer.alone(environ)
        if isinstance(made, Passed):
            if made.counted and environ["REQUEST_METHOD"] == "GET":
                self.tally.count(made.counted, environ)
            return made.send(environ, start_response)
        return self._send(key, made, environ, start_response)
