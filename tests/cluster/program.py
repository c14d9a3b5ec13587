"""`python -m tests.cluster.program COMMAND …`: the command `perron`, told to be quick; `nursery` starts many workers.

It has few messages in flight, leases of some seconds, and static files as they are, and takes letters without end. Each
message of the broker that a worker acts on is a line of the file `acted` in PERRON_HOME.
"""

import os
import signal
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from celery.signals import task_postrun
from django.conf import settings

from perron.privacy.tenancy.scope import process_acts_as_program

# Far longer than so many take, as with the program's own figures.
IN_FLIGHT, LEASE = 5, 6.0

os.environ["DJANGO_SETTINGS_MODULE"] = "perron.project.settings"
plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
process_acts_as_program()
django.setup()

from perron.delivery.carriers.mail import Mail  # noqa: E402 needs models
from perron.delivery.sending import send_due  # noqa: E402 needs models
from perron.letters.posting import post_due  # noqa: E402
from perron.outreach.contact import receiving  # noqa: E402
from perron.project import commandline, preparing  # noqa: E402

preparing.prepare_static = lambda: None
Mail.in_flight = IN_FLIGHT
# So many write at once here.
receiving.AN_HOUR = 1_000_000
for rule in (send_due, post_due):
    (rule.__kwdefaults__ or {})["lease"] = timedelta(seconds=LEASE)


def _note(task: Any, args: Any, **_: Any) -> None:
    with (Path(settings.PERRON_HOME) / "acted").open("a") as file:
        file.write(f"{task.name} {' '.join(args)}\n")


task_postrun.connect(_note)


def be_a_nursery() -> None:
    """Fork a worker for each line that comes, and say its number: all that it imports is there already."""
    import_module("perron.project.celery")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for _ in sys.stdin:
        if (worker := os.fork()) == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setsid()
            sys.argv = ["perron", "worker"]
            commandline.main()
            os._exit(0)
        print(worker, flush=True)  # noqa: T201


if __name__ == "__main__":
    be_a_nursery() if sys.argv[1] == "nursery" else commandline.main()
