"""Two web servers and three workers share PostgreSQL and RabbitMQ, and are killed, stopped and replaced.

Runs where PERRON_DATABASE and PERRON_CI_BROKER name the two; PERRON_CI_KILLS is the number of kills.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
import pytest
from django.db import connection
from kombu.connection import Connection
from psycopg import sql

from perron.delivery.models import Delivery, Dispatch
from perron.project.sweeping import lanes, sweepers
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader
from tests.project.test_processes import _free_port

DATABASE, BROKER = os.environ.get("PERRON_DATABASE", ""), os.environ.get("PERRON_CI_BROKER", "")
KILLS = int(os.environ.get("PERRON_CI_KILLS", "3"))
READERS, ALERTS = 60, 3
# As `program.py` has it.
IN_FLIGHT, LEASE = 5, 6.0
# How long before something counts as broken; nothing here is about speed.
PATIENCE = 240.0
PROGRAM = [sys.executable, "-m", "tests.cluster.program"]

pytestmark = pytest.mark.skipif(
    not (DATABASE and BROKER), reason="needs PostgreSQL (PERRON_DATABASE) and RabbitMQ (PERRON_CI_BROKER)"
)


@dataclass
class Cluster:
    """Processes of one installation."""

    environment: dict[str, str]
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    ports: list[int] = field(default_factory=list)

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen([*PROGRAM, *arguments], env=self.environment, start_new_session=True)

    def start_worker(self) -> None:
        self.workers.append(self.start("worker"))

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        self.workers.remove(worker)
        worker.kill()
        worker.wait()

    def acted(self) -> list[str]:
        file = Path(self.environment["PERRON_HOME"]) / "acted"
        return file.read_text().splitlines() if file.exists() else []

    def ask(self, port: int, path: str, **fields: str) -> tuple[int, str]:
        asking = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
        asking.request("POST" if fields else "GET", path, urlencode(fields) if fields else None, headers)
        answer = asking.getresponse()
        body = answer.read().decode()
        asking.close()
        return answer.status, body


@pytest.fixture
def database(transactional_db: None) -> Iterator[str]:
    """A copy of the empty test database, which this process uses meanwhile."""
    connection.close()
    template, own = str(connection.settings_dict["NAME"]), f"cluster_{os.getpid()}"
    with psycopg.connect(DATABASE, autocommit=True) as server:
        copying = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copying.format(sql.Identifier(own), sql.Identifier(template)))
        connection.settings_dict["NAME"] = own
        try:
            yield urlsplit(DATABASE)._replace(path=f"/{own}").geturl()
        finally:
            connection.close()
            connection.settings_dict["NAME"] = template
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(own)))


@contextmanager
def running(home: Path, database: str, mail: str) -> Iterator[Cluster]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PERRON_")}
    own = {"PERRON_HOME": str(home), "PERRON_DATABASE": database, "PERRON_MAIL": mail, "PERRON_TASKS": "celery",
           "PERRON_BROKER": BROKER}  # fmt: skip
    cluster = Cluster(inherited | own)
    with ExitStack() as ending:
        for _ in range(2):
            port = _free_port()
            server = cluster.start("serve", "--without-worker", "--port", str(port))
            ending.callback(server.kill)
            cluster.ports.append(port)
        for _ in range(3):
            cluster.start_worker()
        try:
            yield cluster
        finally:
            for worker in cluster.workers:
                worker.kill()
                worker.wait()
            _forget_queues(home)


def test_nothing_is_lost_while_machines_come_and_go(tmp_path: Path, database: str) -> None:
    chance = random.Random(KILLS)
    town = making.community(names={"fr": "Ville de Liège"})
    making.platform(town)
    for number in range(READERS):
        reader(town, f"reader{number}@example.org")

    def slowly(_line: str) -> str:
        time.sleep(0.02)
        return ""

    with MailServer(answers={"DATA.": slowly}) as server, running(tmp_path, database, server.url) as cluster:
        _until(lambda: all(_answers(cluster, port) for port in cluster.ports))
        # Both web servers keep the page; what is released shows in both.
        for number in range(ALERTS):
            making.released("alert", at=town, title=f"Alerte {number}")
        _until(lambda: all(f"Alerte {ALERTS - 1}" in cluster.ask(port, "/fr/liege/")[1] for port in cluster.ports))
        # What a web server commits, a worker acts on.
        sent = cluster.ask(cluster.ports[0], "/fr/contact/", **_LETTER)
        assert sent[0] in {200, 302}, sent
        stopped = cluster.workers[0]
        _until(lambda: len(server.taken) >= 5)
        os.kill(stopped.pid, signal.SIGSTOP)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.1, 0.8))
            cluster.kill(chance.choice([worker for worker in cluster.workers if worker is not stopped]))
            cluster.start_worker()
        # Longer than its lease: others have what it had, before it goes on.
        time.sleep(LEASE)
        os.kill(stopped.pid, signal.SIGCONT)
        _until(lambda: Dispatch.objects.filter(ended_at__isnull=False).count() == ALERTS)
        _until(lambda: any(to == "curious@example.org" for to, _message in server.taken))
        assert {line.split()[0] for line in cluster.acted()} == {"perron.look", "perron.sweep"}
    assert Delivery.stored.filter(state=Delivery.State.SENT).count() == READERS * ALERTS
    arrived = [str(message["Message-ID"]) for to, message in server.taken if to.startswith("reader")]
    assert len(set(arrived)) == READERS * ALERTS
    assert len(arrived) - len(set(arrived)) <= (KILLS + 1) * IN_FLIGHT


_LETTER = {"first_name": "Anne", "name": "Petit", "email": "curious@example.org", "heading": "Question", "text": "Oui?"}


def _until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "it did not come about"
        time.sleep(0.1)


def _answers(cluster: Cluster, port: int) -> bool:
    try:
        return cluster.ask(port, "/fr/liege/")[0] == 200
    except OSError:
        return False


def _forget_queues(home: Path) -> None:
    """Queues outlive those who made them; these are nobody's any more."""
    prefix = f"perron-{hashlib.sha256((home / 'secret_key').read_bytes()).hexdigest()[:8]}"
    with Connection(BROKER) as broker:
        for lane in ("look", *lanes(sweepers())):
            broker.default_channel.queue_delete(f"{prefix}.{lane}")
