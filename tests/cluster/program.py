"""`python -m tests.cluster.program COMMAND …`: the command `perron`, told to be quick.

It has few messages in flight, leases of some seconds, and static files as they are. Each message of the broker that a
worker acts on is a line of the file `acted` in PERRON_HOME.
"""

import os
from datetime import timedelta
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
from perron.project import commandline, preparing  # noqa: E402

preparing.prepare_static = lambda: None
Mail.in_flight = IN_FLIGHT
for rule in (send_due, post_due):
    (rule.__kwdefaults__ or {})["lease"] = timedelta(seconds=LEASE)


def _note(task: Any, args: Any, **_: Any) -> None:
    with (Path(settings.PERRON_HOME) / "acted").open("a") as file:
        file.write(f"{task.name} {' '.join(args)}\n")


task_postrun.connect(_note)


if __name__ == "__main__":
    commandline.main()
