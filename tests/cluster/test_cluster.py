"""Two web servers and three workers share PostgreSQL and RabbitMQ, and are killed, stopped and replaced.

Runs where PERRON_DATABASE and PERRON_CI_BROKER name the two; PERRON_CI_KILLS is the number of kills.
"""

import hashlib
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection
from kombu.connection import Connection
from psycopg import sql

from perron.delivery.models import Delivery, Dispatch
from perron.project.sweeping import lanes, sweepers
from tests import making
from tests.channels.mail_server import MailServer
from tests.cluster.machines import IN_FLIGHT, LEASE, LETTER, Nursery, ask, running, until
from tests.delivery.town import reader

DATABASE, BROKER = os.environ.get("PERRON_DATABASE", ""), os.environ.get("PERRON_CI_BROKER", "")
KILLS = int(os.environ.get("PERRON_CI_KILLS", "3"))
# Enough that all kills meet workers that send.
READERS, ALERTS = 40 + 4 * KILLS, 3

pytestmark = pytest.mark.skipif(
    not (DATABASE and BROKER), reason="needs PostgreSQL (PERRON_DATABASE) and RabbitMQ (PERRON_CI_BROKER)"
)


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


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A folder for one installation, whose queues outlive those who made them."""
    yield tmp_path
    prefix = f"perron-{hashlib.sha256((tmp_path / 'secret_key').read_bytes()).hexdigest()[:8]}"
    with Connection(BROKER) as broker:
        for lane in ("look", *lanes(sweepers())):
            broker.default_channel.queue_delete(f"{prefix}.{lane}")


def test_nothing_is_lost_while_machines_come_and_go(home: Path, database: str) -> None:
    chance = random.Random(KILLS)
    town = making.community(names={"fr": "Ville de Liège"})
    making.platform(town)
    for number in range(READERS):
        reader(town, f"reader{number}@example.org")

    def slowly(_line: str) -> str:
        time.sleep(0.02)
        return ""

    with (
        MailServer(answers={"DATA.": slowly}) as server,
        running(home, database, server.url, BROKER, workers=0) as cluster,
        Nursery(cluster.environment) as nursery,
    ):
        for _ in range(2):
            cluster.start_server()
        for _ in range(3):
            nursery.start()
        until(lambda: all(cluster.answers(port) for port in cluster.ports))
        # Both web servers keep the page; what is released shows in both.
        for number in range(ALERTS):
            making.released("alert", at=town, title=f"Alerte {number}")
        until(lambda: all(f"Alerte {ALERTS - 1}" in ask(port, "/fr/liege/")[1] for port in cluster.ports))
        # What a web server commits, a worker acts on.
        sent = ask(cluster.ports[0], "/fr/contact/", fields=LETTER)
        assert sent[0] in {200, 302}, sent
        stopped = nursery.workers[0]
        _until_more(server, 5)
        os.kill(stopped, signal.SIGSTOP)
        for _ in range(KILLS):
            # Whoever is killed was at work, as far as there is some.
            _until_more(server, chance.randrange(1, 6))
            nursery.kill(chance.choice(nursery.workers[1:]))
            nursery.start()
        # Longer than its lease: others have what it had, before it goes on.
        time.sleep(LEASE)
        os.kill(stopped, signal.SIGCONT)
        until(lambda: Dispatch.objects.filter(ended_at__isnull=False).count() == ALERTS)
        until(lambda: any(to == "curious@example.org" for to, _message in server.taken))
        assert {line.split()[0] for line in cluster.acted()} == {"perron.look", "perron.sweep"}
    assert Delivery.stored.filter(state=Delivery.State.SENT).count() == READERS * ALERTS
    arrived = [str(message["Message-ID"]) for to, message in server.taken if to.startswith("reader")]
    assert len(set(arrived)) == READERS * ALERTS
    doubled = len(arrived) - len(set(arrived))
    print(f"{KILLS} kills, {len(arrived)} messages, {doubled} of them twice")  # noqa: T201
    assert doubled <= (KILLS + 1) * IN_FLIGHT


def _until_more(server: MailServer, more: int) -> None:
    wanted = len(server.taken) + more
    until(lambda: len(server.taken) >= wanted, every=0.02)
