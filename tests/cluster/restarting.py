"""PostgreSQL and RabbitMQ are restarted and killed under two web servers and three workers that are at work."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import connection

from perron.delivery.models import Delivery
from tests import making
from tests.channels.mail_server import MailServer
from tests.cluster.machines import IN_FLIGHT, PATIENCE, Cluster, running, until
from tests.cluster.services import PostgreSQL, RabbitMQ
from tests.cluster.traffic import HOST, Outcome, Traffic, is_well, until_all_has_left
from tests.delivery.town import reader

READERS = 60
WORKERS = 3
# How long web servers and workers may take to be back after a service answers again.
BACK = 60.0


@dataclass(frozen=True)
class Interruption:
    """What is done to which service, for how long, how long everything then took to work again, and how many messages
    left while the service was away."""

    name: str
    down: float
    back: float
    meanwhile: int


@dataclass(frozen=True)
class Deed:
    """What ends a service, and what brings it back."""

    name: str
    end: Callable[[], None]
    begin: Callable[[], None]


def restarts(home: Path, database: PostgreSQL, broker: RabbitMQ, wanted: int) -> Outcome:
    """Interrupt the services so many times while messages leave, and return what was counted."""
    chance = random.Random(wanted)
    town = making.community("liege", names={"fr": "Ville de Liège"})
    making.platform(town)
    for number in range(READERS):
        reader(town, f"reader{number}@example.org")
    interruptions: list[Interruption] = []
    with (
        (home / "log").open("wb") as log,
        _slow_mail() as mail,
        running(home, database.url, mail.url, broker.url, log=log, PERRON_ORIGIN=f"https://{HOST}") as cluster,
    ):
        for _ in range(2):
            cluster.start_server()
        until(lambda: _all_answer(cluster))
        processes = [*cluster.workers, *(server.process for server in cluster.servers)]
        with Traffic(cluster.ports, town) as traffic:
            for number in range(wanted):
                making.released("alert", at=town, title=f"Alerte {number}")
                _until_more(mail, chance.randrange(2, 30))
                interruptions.append(_interrupt(_deed(number, database, broker), chance.uniform(0.2, 4), cluster, mail))
        until_all_has_left()
        survived = sum(process.poll() is None for process in processes)
    told = Delivery.stored.count()
    sent = Delivery.stored.filter(state=Delivery.State.SENT).count()
    arrived = Counter(str(message["Message-ID"]) for _to, message in mail.taken)
    to_readers = {str(message["Message-ID"]) for to, message in mail.taken if to.startswith("reader")}
    without_broker = [each.meanwhile for each in interruptions if "RabbitMQ" in each.name]
    return Outcome(
        name="restarts",
        lost=told - min(sent, len(to_readers)) + traffic.lost(to for to, _message in mail.taken),
        doubled=arrived.total() - len(arrived),
        most_doubled=sum("PostgreSQL" in each.name for each in interruptions) * WORKERS * (IN_FLIGHT + 1),
        doubled_rows=traffic.doubled(),
        wrong=len(processes)
        - survived
        + sum(not left for left in without_broker)
        + sum(each.status != 503 for each in traffic.failed()),
        details={
            "interruptions": [asdict(each) for each in interruptions],
            "back after, at most": max(each.back for each in interruptions),
            "messages": len(arrived),
            "messages while RabbitMQ was away": sum(without_broker),
            "processes that survived": f"{survived} of {len(processes)}",
            "answers": traffic.said(),
        },
    )


def _interrupt(deed: Deed, seconds: float, cluster: Cluster, mail: MailServer) -> Interruption:
    begun = time.monotonic()
    deed.end()
    before = len(mail.taken)
    # Longer than a try to reach one that hangs.
    time.sleep(12 if deed.name == "RabbitMQ hung" else seconds)
    deed.begin()
    meanwhile = len(mail.taken) - before
    # This process was cut off, too.
    connection.close()
    started = time.monotonic()
    until(lambda: _all_answer(cluster), patience=BACK)
    _until_more(mail, 1, patience=BACK)
    return Interruption(deed.name, started - begun, time.monotonic() - started, meanwhile)


def _until_more(mail: MailServer, more: int, *, patience: float = PATIENCE) -> None:
    wanted = len(mail.taken) + more
    until(lambda: len(mail.taken) >= wanted, patience=patience)


def _deed(number: int, database: PostgreSQL, broker: RabbitMQ) -> Deed:
    deeds = [
        Deed("PostgreSQL restarted", database.stop, database.start),
        Deed("RabbitMQ restarted", broker.stop, broker.start),
        Deed("PostgreSQL killed", database.crash, database.start),
        Deed("RabbitMQ killed", broker.crash, broker.start),
        Deed("RabbitMQ hung", broker.hang, broker.go_on),
    ]
    return deeds[number % len(deeds)]


@contextmanager
def _slow_mail() -> Iterator[MailServer]:
    def slowly(_line: str) -> str:
        time.sleep(0.03)
        return ""

    with MailServer(answers={"DATA.": slowly}) as server:
        yield server


def _all_answer(cluster: Cluster) -> bool:
    return all(is_well(port) for port in cluster.ports)
