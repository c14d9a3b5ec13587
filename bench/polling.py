"""Polling 600 sources that have not changed, each on a host of its own: how long it takes, and what it asks of the
database.
"""

import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test.utils import override_settings

from bench.rows import Row, at_most
from perron.communities.models import Community, Partner
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.publishing.models import Connection
from perron.publishing.sources.connecting import Chosen, connect
from perron.publishing.sources.polling import poll_due

SOURCES = 600
ON_POSTGRESQL = True


class _Unchanged(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer with a feed, or that it is the same as before."""
        known = self.headers.get("If-None-Match") == '"1"'
        body = b"" if known else _feed()
        self.send_response(304 if known else 200)
        self.send_header("ETag", '"1"')
        if not known:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_given: Any) -> None:
        """Say nothing."""


def rows() -> list[Row]:
    """Return the time, and the queries for each source."""
    call_command("migrate", verbosity=0)
    server = ThreadingHTTPServer(("0.0.0.0", 0), _Unchanged)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with override_settings(PERRON_SOURCE_NETWORKS=["127.0.0.0/8"]):
        _connect(server.server_port)
        assert poll_due() == SOURCES
        # Two hours later.
        earlier = now() - timedelta(hours=2)
        Connection.objects.update(due_at=earlier, polled_at=earlier)
        asked = _Counted()
        begin = time.perf_counter()
        with connection.execute_wrapper(asked):
            assert poll_due() == SOURCES
        seconds = time.perf_counter() - begin
    assert not Connection.objects.filter(failing_since__isnull=False).exists()
    server.shutdown()
    return [
        at_most(f"{SOURCES} sources polled unchanged", seconds, "s", 60),
        at_most("the same, for each source", asked.number / SOURCES, "queries", 2),
    ]


class _Counted:
    number = 0

    def __call__(self, execute: Any, *given: Any) -> Any:
        self.number += 1
        return execute(*given)


def _connect(port: int) -> None:
    partner = Partner.objects.create(slug="partner", name="Partner")
    for number in range(SOURCES):
        town = Community.objects.create(partner=partner, slug=f"t{number}", kind="commune", names={"fr": "Town"})
        host = f"127.0.{1 + number // 200}.{1 + number % 200}"
        connect(town, f"http://{host}:{port}/feed", Chosen(release=True), by=SYSTEM)


def _feed() -> bytes:
    items = "".join(f"<item><guid>{n}</guid><title>Nouvelle {n}</title></item>" for n in range(20))
    return f"<rss version='2.0'><channel><title>La feuille</title>{items}</channel></rss>".encode()
