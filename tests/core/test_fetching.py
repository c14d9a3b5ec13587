import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any

import pytest

from perron.core.errors import Refused, TooLarge
from perron.core.fetching import Fetched, NotFetched, fetch, is_public

ALLOW = ("127.0.0.1/32",)


class Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        getattr(self, f"answer_{self.path.strip('/').split('?')[0]}", self.answer_feed)()

    def reply(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def answer_feed(self) -> None:
        if self.headers.get("If-None-Match") == '"1"':
            return self.reply(status=304)
        return self.reply(b"<rss/>", ETag='"1"', Content_Type="application/rss+xml; charset=ISO-8859-1")

    def answer_moved(self) -> None:
        self.reply(status=302, Location="/feed?x=1")

    def answer_inside(self) -> None:
        self.reply(status=302, Location="http://127.0.0.2/feed")

    def answer_file(self) -> None:
        self.reply(status=301, Location="file:///etc/passwd")

    def answer_circle(self) -> None:
        self.reply(status=307, Location="/circle")

    def answer_nonsense(self) -> None:
        self.reply(status=302, Location="http://[::1")

    def answer_gone(self) -> None:
        self.reply(b"no", status=410)

    def answer_packed(self) -> None:
        self.reply(gzip.compress(b"<rss/>" * 100), Content_Encoding="gzip")

    def answer_bomb(self) -> None:
        self.reply(gzip.compress(b"0" * 30_000_000), Content_Encoding="gzip")

    def answer_deflated(self) -> None:
        self.reply(zlib.compress(b"0" * 30_000_000), Content_Encoding="deflate")

    def answer_brotli(self) -> None:
        self.reply(b"\x1b\x05\x00", Content_Encoding="br")

    def answer_broken(self) -> None:
        self.reply(gzip.compress(b"<rss/>" * 100)[:-20], Content_Encoding="gzip")

    def answer_huge(self) -> None:
        self.reply(b"", Content_Length="100000000")

    def answer_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.ending:  # type: ignore[attr-defined]
            self.wfile.write(b"0" * 65536)

    def answer_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.ending:  # type: ignore[attr-defined]
            self.wfile.write(b"0")
            time.sleep(0.02)

    def answer_silent(self) -> None:
        while not self.server.ending:  # type: ignore[attr-defined]
            time.sleep(0.02)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass

    def handle(self) -> None:
        with suppress(OSError):
            super().handle()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    ending = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked: list[tuple[str, dict[str, str]]] = []

    def fetch(self, path: str, host: str = "127.0.0.1", **options: Any) -> Fetched:
        options = {"allow": ALLOW, "ports": {self.server_port}} | options
        return fetch(f"http://{host}:{self.server_port}/{path}", **options)


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.ending = True
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def test_a_file_comes_with_what_its_headers_say(server: Server) -> None:
    got = server.fetch("feed")
    assert (got.body, got.media_type, got.charset, got.etag) == (b"<rss/>", "application/rss+xml", "iso-8859-1", '"1"')
    assert server.asked[-1][1]["User-Agent"].startswith("Perron/")
    assert not {"Cookie", "Referer", "Authorization"} & set(server.asked[-1][1])


def test_an_unchanged_file_is_not_sent_again(server: Server) -> None:
    assert server.fetch("feed", etag='"1"').unchanged
    assert server.fetch("feed", etag='"1"\r\nX-Evil: 1').body == b"<rss/>"


def test_redirects_are_followed_and_counted(server: Server) -> None:
    assert server.fetch("moved").url.endswith("/feed?x=1")
    with pytest.raises(NotFetched, match="leads on and on"):
        server.fetch("circle")


@pytest.mark.parametrize("path", ["inside", "file", "nonsense", "gone", "brotli", "broken"])
def test_what_should_not_be_read_is_refused(server: Server, path: str) -> None:
    with pytest.raises(NotFetched):
        server.fetch(path, ports={server.server_port, 80})


def test_what_was_packed_is_unpacked(server: Server) -> None:
    assert server.fetch("packed").body == b"<rss/>" * 100


@pytest.mark.parametrize("path", ["bomb", "deflated", "huge", "endless"])
def test_what_is_too_large_is_cut_off(server: Server, path: str) -> None:
    with pytest.raises(TooLarge):
        server.fetch(path, limit=1_000_000)


@pytest.mark.parametrize("path", ["drip", "silent"])
def test_what_never_ends_is_cut_off(server: Server, path: str) -> None:
    with pytest.raises(NotFetched, match="too long"):
        server.fetch(path, seconds=0.3)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f000001", "0177.0.0.1",
                                  "127.1", "[::ffff:127.0.0.1]", "０", "127。0。0。1"])  # fmt: skip
def test_the_own_machine_is_not_reachable_however_it_is_written(server: Server, host: str) -> None:
    before = len(server.asked)
    with pytest.raises(NotFetched):
        server.fetch("feed", host, allow=())
    assert len(server.asked) == before


def test_a_name_is_resolved_once_and_its_checked_address_is_the_one_that_is_opened(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def rebinding(host: str, port: int, *args: object, **kwargs: object) -> list[Any]:
        asked.append(host)
        address = {"rebinding.example": "127.0.0.1" if len(asked) == 1 else "127.0.0.2"}.get(host, host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr("perron.core.fetching.socket.getaddrinfo", rebinding)
    assert server.fetch("feed", "rebinding.example").body == b"<rss/>"
    assert [host for host in asked if host == "rebinding.example"] == ["rebinding.example"]


def test_a_name_with_one_private_address_among_its_addresses_is_refused(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]
    monkeypatch.setattr("perron.core.fetching.socket.getaddrinfo", lambda *_a, **_k: both)
    with pytest.raises(NotFetched, match="private network"):
        server.fetch("feed", "mixed.example", allow=())


@pytest.mark.parametrize("url", ["", "feed.xml", "ftp://example.org/", "file:///etc/passwd", "http://", "http://[::1",
                                 "http://user:secret@example.org/", "https://example.org:22/", "gopher://x", "http://\0/",
                                 "javascript:alert(1)", "http://a" + "b" * 300 + ".org/", "//example.org/", "http://:80/",
                                 "http://example.org:99999/"])  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not even looked for: a name that leads nowhere is refused for another reason.
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("looked for"))
    with pytest.raises(Refused):
        fetch(url)


SPECIAL = """
    0.0.0.0 10.1.2.3 100.64.0.1 127.8.8.8 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1
    198.18.0.1 203.0.113.5 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::ffff:10.0.0.1 ::ffff:8.8.8.8%1 ::127.0.0.1
    64:ff9b::a00:1 64:ff9b:1::808:808 100::1 2001::1 2001:db8::1 2001:10::1 2002:7f00:1::1 2002:808:808::1 3fff::1
    fc00::1 fd12::1 fe80::1 fe80::1%eth0 fec0::1 ff02::1 5f00::1
"""


@pytest.mark.parametrize("address", SPECIAL.split())
def test_private_and_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:8.8.8.8",
                                     "64:ff9b::808:808", "2a00:1450::1"])  # fmt: skip
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


def test_the_address_of_a_calendar_is_opened_like_any_other() -> None:
    with pytest.raises(NotFetched, match="private network"):
        fetch("webcal://127.0.0.1/agenda.ics")
