"""What a worker asks of the database while there is nothing to do, and how soon an alert starts all the same.

Counted is what reaches the database: on PostgreSQL every message of its protocol that carries a statement, on SQLite
every statement that its library runs, wherever in the program it comes from.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from django.core.management import call_command
from django.db import connection
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

from bench.rows import Row, at_most

ON_POSTGRESQL = True
# The first minute has what happens once an hour and once a day.
_SETTLING = 65.0
_WATCHED = 120.0
_ALERTS = 20
_PATIENCE = 30.0


def rows() -> list[Row]:
    """Return the queries of a minute, and how long an alert's first message waits."""
    call_command("migrate", verbosity=0)
    town = making.community(names={"fr": "Ville de Liège"})
    making.platform(town)
    reader(town)
    with tempfile.TemporaryDirectory() as folder, MailServer() as server:
        command = [sys.executable, "-m", "bench.counted", folder]
        worker = subprocess.Popen(command, env=os.environ | {"PERRON_MAIL": server.url})
        try:
            time.sleep(_SETTLING)
            before = _asked(Path(folder))
            time.sleep(_WATCHED)
            asked = (_asked(Path(folder)) - before) * 60 / _WATCHED
            waits = sorted(_wait(town, server, number) for number in range(_ALERTS))
        finally:
            worker.terminate()
            worker.wait(20)
    name = f"a release of an alert to its first message at the mail server, {_ALERTS} alerts, {connection.vendor}"
    return [
        at_most(f"an idle worker, {connection.vendor}", asked, "queries a minute", 150),
        at_most(f"{name}: median", median(waits), "s", 1),
        at_most(f"{name}: slowest", waits[-1], "s", 1),
    ]


def _wait(town: Any, server: MailServer, number: int) -> float:
    # Anywhere between two looks of the worker.
    time.sleep(1 + random.random())
    making.released("alert", at=town, title=f"Alerte {number}")
    released = time.perf_counter()
    while len(server.messages()) <= number:
        if time.perf_counter() - released > _PATIENCE:
            raise RuntimeError("The alert does not arrive.")
        time.sleep(0.005)
    return time.perf_counter() - released


def _asked(folder: Path) -> int:
    return sum(_carries_statement(line) for file in folder.iterdir() for line in file.read_bytes().splitlines())


def _carries_statement(line: bytes) -> bool:
    """Of PostgreSQL's extended protocol, the message that binds and runs it."""
    sender, *rest = line.split(b"\t")
    return sender == b"S" or (sender == b"F" and rest[1:2] in ([b"Query"], [b"Bind"]))
