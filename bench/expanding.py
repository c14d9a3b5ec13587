"""What expanding one release for a million subscribers takes in memory."""

import os
import resource
import sys
from time import perf_counter

import django

django.setup()

from django.db import connections  # noqa: E402
from tests import making  # noqa: E402
from tests.delivery.crowd import crowd  # noqa: E402

from bench.rows import Row, at_most  # noqa: E402
from perron.audience.models import Channel  # noqa: E402
from perron.delivery import dispatching, releases  # noqa: E402
from perron.delivery.models import Delivery, Dispatch  # noqa: E402
from perron.privacy.tenancy.scope import process_acts_as_program  # noqa: E402
from perron.project.preparing import prepare_database  # noqa: E402

ON_POSTGRESQL = True
_READERS = 1_000_000


def rows() -> list[Row]:
    """Return how far the resident memory grows at its peak; say how fast it went."""
    connections.close_all()
    # In a process of its own, so that making them does not count.
    if os.fork() == 0:
        process_acts_as_program()
        _make()
        os._exit(0)
    assert os.wait()[1] == 0
    engine = "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"
    releases.dispatch_releases()
    idle = _peak()
    begin = perf_counter()
    while not Dispatch.objects.get().expanded_at:
        dispatching.expand()
    taken = perf_counter() - begin
    grown = _peak() - idle
    assert Delivery.stored.count() == _READERS
    name = f"expansion into {_READERS:,} deliveries, memory above idle, {engine}"
    print(f"{_READERS / taken:,.0f} deliveries made a second", file=sys.stderr)
    return [at_most(name, grown, "MB", 150)]


def _make() -> None:
    prepare_database()
    community = making.community(names={"fr": "Ville d’Exemple"})
    making.platform(community)
    crowd(community, Channel.EMAIL, (f"reader{number}@example.org" for number in range(_READERS)))
    making.released("alert", at=community)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000
