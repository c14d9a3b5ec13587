"""Two workers against one, with a mail server that takes 50 ms for each mail."""

import os
from time import perf_counter

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from tests import making  # noqa: E402
from tests.delivery.town import reader  # noqa: E402

from bench.mailing import mail_server  # noqa: E402
from bench.rows import Row, compared  # noqa: E402
from perron.channels.email.server import Server  # noqa: E402
from perron.communities.models import Community  # noqa: E402
from perron.delivery import dispatching, releases, sending  # noqa: E402
from perron.delivery.carriers.mail import Mail  # noqa: E402
from perron.delivery.models import Delivery  # noqa: E402
from perron.privacy.tenancy.scope import process_acts_as_program  # noqa: E402
from perron.project.preparing import prepare_database  # noqa: E402

ON_POSTGRESQL = True
_READERS = 400
_TAKES = 0.05


def rows() -> list[Row]:
    """Return mails a second with two workers, beside those with one."""
    prepare_database()
    community = making.community(names={"fr": "Ville d’Exemple"})
    making.platform(community)
    for number in range(_READERS):
        reader(community, f"reader{number}@example.org")
    with mail_server(takes=_TAKES) as port:
        settings.PERRON_MAIL = Server("127.0.0.1", port, "none")
        one, two = (_sent_by(workers) for workers in (1, 2))
    engine = "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"
    name = f"two workers, receivers of {_TAKES * 1000:.0f} ms, {engine}"
    return [compared(name, two, "mails/s", reference=one, ratio=two / one, least=1.8)]


def _sent_by(workers: int) -> float:
    community = Community.objects.get()
    making.released("alert", at=community)
    releases.dispatch_releases()
    while dispatching.expand():
        pass
    connections.close_all()
    begin = perf_counter()
    children = []
    for _ in range(workers):
        if (child := os.fork()) == 0:
            process_acts_as_program()
            sending.send_due(Mail())
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    taken = perf_counter() - begin
    assert not Delivery.stored.filter(state=Delivery.State.WAITING).exists()
    return _READERS / taken
