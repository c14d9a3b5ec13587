"""An installation is deployed anew, again and again, while people read, write and release through nginx."""

import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.core.management import call_command

from perron.communities.models import Community
from perron.delivery.models import Delivery
from tests import making
from tests.channels.mail_server import MailServer
from tests.cluster.machines import Cluster, running, until
from tests.cluster.proxy import nginx
from tests.cluster.traffic import HOST, Outcome, Traffic, is_well, until_all_has_left
from tests.delivery.town import reader

READERS = 20


def deploys(home: Path, database: str, broker: str, times: int, *, kept_open: bool = True) -> Outcome:
    """Two web servers and three workers, one after the other."""

    def start(cluster: Cluster) -> None:
        for _ in range(2):
            cluster.start_server(kept_open=kept_open)

    def deploy(cluster: Cluster) -> None:
        for server in cluster.servers:
            cluster.restart_server(server)
            until(partial(is_well, server.port))
        for worker in list(cluster.workers):
            cluster.restart_worker(worker)

    return _under_load("deploys", home, database, broker, times=times, start=start, deploy=deploy, workers=3)


def deploys_of_one(home: Path, database: str, times: int, *, kept_open: bool = True) -> Outcome:
    """One machine: web server and worker in one unit, as deploy/perron.service has it."""

    def start(cluster: Cluster) -> None:
        cluster.start_server("--workers", "2", kept_open=kept_open)

    def deploy(cluster: Cluster) -> None:
        cluster.restart_server(cluster.servers[0], "--workers", "2")
        until(lambda: is_well(cluster.servers[0].port))

    return _under_load("deploys of one", home, database, "", times=times, start=start, deploy=deploy, workers=0)


def _under_load(
    name: str, home: Path, database: str, broker: str, *, times: int,
    start: Callable[[Cluster], None], deploy: Callable[[Cluster], None], workers: int,
) -> Outcome:  # fmt: skip
    town = making.community(f"deployed-{Community.objects.count()}", names={"fr": "Ville de Liège"})
    making.platform(town)
    for number in range(READERS):
        reader(town, f"reader{number}@{town.slug}.example")
    settings = {"PERRON_ORIGIN": f"https://{HOST}"}
    with (
        (home / "log").open("ab") as log,
        MailServer() as mail,
        running(home, database, mail.url, broker, workers=workers, log=log, **settings) as cluster,
    ):
        start(cluster)
        until(lambda: all(is_well(port) for port in cluster.ports))
        with nginx(home, cluster.ports) as port, Traffic([port], town) as traffic:
            took = []
            for _ in range(times):
                time.sleep(2)
                begun = time.monotonic()
                call_command("migrate", interactive=False, verbosity=0)
                deploy(cluster)
                took.append(time.monotonic() - begun)
            time.sleep(2)
        until_all_has_left()
    deliveries = Delivery.stored.filter(dispatch__release__community=town)
    arrived = Counter(str(message["Message-ID"]) for _to, message in mail.taken)
    return Outcome(
        name=name,
        lost=deliveries.exclude(state=Delivery.State.SENT).count() + traffic.lost(to for to, _message in mail.taken),
        doubled=arrived.total() - len(arrived),
        most_doubled=0,
        doubled_rows=traffic.doubled(),
        wrong=len(traffic.failed()),
        details={
            "deploys": times,
            "seconds each": took,
            "requests": len(traffic.answers),
            "slowest": max(each.seconds for each in traffic.answers),
            "messages": len(arrived),
            "answers": traffic.said(),
        },
    )
