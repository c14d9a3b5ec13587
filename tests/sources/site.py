"""A web site on the own machine that answers as it is told, and remembers what it was asked."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What stands at a path. With an `etag`, who has it already is answered with 304."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    # Seconds between two bytes.
    drip: float = 0.0


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Site"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        with self.server.counting:
            self.server.now_here += 1
            self.server.most_here = max(self.server.most_here, self.server.now_here)
        try:
            self._answer(self.server.pages.get(self.path, Page(status=404)))
        finally:
            with self.server.counting:
                self.server.now_here -= 1

    def _answer(self, page: Page) -> None:
        time.sleep(self.server.pause)
        etag = page.headers.get("ETag")
        known = etag and self.headers.get("If-None-Match") == etag
        dated = page.headers.get("Last-Modified")
        known = known or (dated and self.headers.get("If-Modified-Since") == dated)
        self.send_response(304 if known else page.status)
        for name, value in page.headers.items():
            self.send_header(name, value)
        body = b"" if known else page.body
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not page.drip:
            self.wfile.write(body)
            return
        for byte in body:
            if self.server.ending:
                return
            self.wfile.write(bytes([byte]))
            time.sleep(page.drip)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()


class Site(ThreadingHTTPServer):
    """`put` says what stands where; `asked` has (path, headers) of each request."""

    daemon_threads = True
    ending = False

    def __init__(self, host: str = "127.0.0.1") -> None:
        super().__init__((host, 0), _Answers)
        self.host = host
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.counting = threading.Lock()
        self.now_here = self.most_here = 0
        self.pause = 0.0

    def address(self, path: str = "/feed", host: str = "") -> str:
        return f"http://{host or self.host}:{self.server_port}{path}"

    def put(self, body: bytes | str = b"", path: str = "/feed", *, status: int = 200, drip: float = 0.0,
            **headers: str) -> None:  # fmt: skip
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = body.encode() if isinstance(body, str) else body
        self.pages[path] = Page(data, status, named, drip)

    def lead(self, path: str, to: str, status: int = 301) -> None:
        self.put(b"", path, status=status, Location=to)

    def __enter__(self) -> "Site":
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ending = True
        self.shutdown()
        self.server_close()
