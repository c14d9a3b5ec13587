"""A push service on loopback, and a browser that reads what comes: with a library that is not ours."""

import socket
import socketserver
import struct
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

import http_ece  # type: ignore[import-untyped]
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CREATED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Browser:
    """Keys that a browser makes when somebody subscribes."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    @property
    def p256dh(self) -> bytes:
        """Its public key."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def keys(self) -> dict[str, str]:
        """Return its keys as a page sends them."""
        return {"p256dh": text(self.p256dh), "auth": text(self.auth)}

    def read(self, body: bytes) -> bytes:
        """Decrypt a message."""
        said = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        assert isinstance(said, bytes)
        return said


@dataclass(frozen=True)
class Taken:
    """A request that came."""

    target: str
    headers: dict[str, str]
    body: bytes


class HangsUp(Exception):
    """Ends the connection after a few bytes of an answer; `reset` throws away what the other side has not read."""

    def __init__(self, said: bytes = b"", *, reset: bool = False) -> None:
        super().__init__()
        self.said, self.reset = said, reset


@dataclass
class PushService:
    """Use as a context manager. `answer` makes the answer to a request; empty, or `HangsUp`, ends the connection."""

    answer: Callable[[Taken], bytes] = lambda _taken: CREATED
    host: str = "127.0.0.1"
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> Self:
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer.connections += 1
                while first := self.rfile.readline():
                    headers = {}
                    while (line := self.rfile.readline().strip()) and line:
                        name, _colon, value = line.decode().partition(": ")
                        headers[name] = value
                    body = self.rfile.read(int(headers["Content-Length"]))
                    taken = Taken(first.decode().split()[1], headers, body)
                    outer.taken.append(taken)
                    try:
                        said = outer.answer(taken)
                    except HangsUp as end:
                        self.wfile.write(end.said)
                        if end.reset:
                            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                            self.request.close()
                        return
                    self.wfile.write(said)
                    if not said:
                        return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 100

            def shutdown_request(self, request: Any) -> None:
                """Close it; one that was reset is closed already."""
                if request.fileno() >= 0:
                    super().shutdown_request(request)

            def handle_error(self, request: object, client_address: object) -> None:
                """Who has waited long enough breaks off."""

        self._server = Server((self.host, 0), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://{self.host}:{self._server.server_address[1]}"


def text(said: bytes) -> str:
    """Return base64url."""
    return urlsafe_b64encode(said).rstrip(b"=").decode()


def bytes_of(said: str) -> bytes:
    """Return what base64url says."""
    return urlsafe_b64decode(said + "=" * (-len(said) % 4))
