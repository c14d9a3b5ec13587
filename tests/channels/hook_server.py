"""A server that is called by webhooks: it answers as it is told, and keeps what it was sent."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

# Not 127.0.0.1, which is one of the installation's own hosts.
HOST = "127.0.0.2"


@dataclass(frozen=True)
class Got:
    """What one call brought."""

    path: str
    headers: dict[str, str]
    body: bytes


class _Answers(BaseHTTPRequestHandler):
    server: "HookServer"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(Got(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.server.pause()
        status = self.server.answers.pop(0) if self.server.answers else self.server.status
        status, headers = self.server.busy.get(self.path, (status, self.server.headers))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(self.server.says)
            while self.server.endless:
                self.wfile.write(bytes(100_000))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class HookServer(ThreadingHTTPServer):
    """Answers `answers` one after the other, then `status`, with the words `says`; `endless` goes on until cut off.

    To a path of `busy` it answers what stands there.
    """

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Answers)
        self.got: list[Got] = []
        self.answers: list[int] = []
        self.status = 204
        self.headers: dict[str, str] = {}
        self.says = b""
        self.endless = False
        self.busy: dict[str, tuple[int, dict[str, str]]] = {}
        # Before each answer.
        self.pause: Callable[[], object] = lambda: None

    def address(self, path: str = "/hook") -> str:
        return f"http://{HOST}:{self.server_address[1]}{path}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *args: object) -> None:
        self.shutdown()
        self.server_close()
