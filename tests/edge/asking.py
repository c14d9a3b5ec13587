"""Asks a WSGI application, the edge or what is behind it, without a server."""

import gzip
import io
from dataclasses import dataclass
from typing import Any

import brotli

from perron.project.edge.layer import Application

HOST = "127.0.0.1:8000"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> bytes:
        """What the reader sees, decoded."""
        encoding = self.headers.get("content-encoding", "")
        if encoding == "br":
            decoded: bytes = brotli.decompress(self.raw)
            return decoded
        return gzip.decompress(self.raw) if encoding == "gzip" else self.raw


def ask(application: Application, path: str = "/page/one/", *, method: str = "GET", **headers: str) -> Answer:
    """Ask for `path` with `headers` (`accept_encoding="br"`)."""
    answered: list[tuple[str, list[tuple[str, str]]]] = []
    chunks = application(
        environ(path, method=method, **headers), lambda status, lines: answered.append((status, lines))
    )
    body = b"".join(chunks)
    if hasattr(chunks, "close"):
        chunks.close()
    status, lines = answered[-1]
    names = [name.lower() for name, _ in lines]
    assert len(names) == len(set(names)), f"a header is there twice: {names}"
    return Answer(int(status.split()[0]), {name.lower(): value for name, value in lines}, body)


def environ(path: str, *, method: str = "GET", **headers: str) -> dict[str, Any]:
    path, _, query = path.partition("?")
    asked = {f"HTTP_{name.upper()}": value for name, value in ({"host": HOST} | headers).items()}
    return asked | {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "203.0.113.7",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }
