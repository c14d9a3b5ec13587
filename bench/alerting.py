"""The release of an alert to a hundred thousand devices: when the first, the middle and the last message had left.

One worker, as it works: a lane makes the deliveries while another one sends. A push service on loopback takes them in a
process of its own.
"""

import os
import signal
import time
from datetime import datetime

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connections  # noqa: E402
from tests import making  # noqa: E402
from tests.delivery.crowd import crowd  # noqa: E402

from bench.pushing import engine, push_service  # noqa: E402
from bench.rows import Row, at_most, reported  # noqa: E402
from perron.audience.models import Channel  # noqa: E402
from perron.delivery.models import Delivery, Dispatch  # noqa: E402
from perron.privacy.tenancy.scope import process_acts_as_program  # noqa: E402
from perron.project.preparing import prepare_database  # noqa: E402

ON_POSTGRESQL = True
_DEVICES = 100_000
_SETTLING = 20.0


def rows() -> list[Row]:
    """Return the seconds from the release on."""
    prepare_database()
    settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
    community = making.community(names={"fr": "Ville d’Exemple"})
    making.platform(community)
    with push_service() as origin:
        crowd(community, Channel.PUSH, (f"{origin}/push/{number}" for number in range(_DEVICES)))
        connections.close_all()
        if (worker := os.fork()) == 0:
            process_acts_as_program()
            call_command("worker")
            os._exit(0)
        # Until the worker stands, and has done what it does at first.
        time.sleep(_SETTLING)
        released = making.released("alert", at=community).releases.get().at
        while not Dispatch.objects.filter(ended_at__isnull=False).exists():
            time.sleep(1)
        os.kill(worker, signal.SIGTERM)
        os.waitpid(worker, 0)
    sent = Delivery.stored.filter(state=Delivery.State.SENT).order_by("ended_at")
    assert sent.count() == _DEVICES
    first, middle, last = (_seconds(released, sent[place].ended_at) for place in (0, _DEVICES // 2, _DEVICES - 1))
    name = f"an alert to {_DEVICES:,} devices, {engine()}"
    return [
        at_most(f"{name}: first", first, "s", 1),
        reported(f"{name}: median", middle, "s"),
        reported(f"{name}: last", last, "s"),
    ]


def _seconds(begin: datetime, end: datetime | None) -> float:
    assert end is not None
    return (end - begin).total_seconds()
