import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from perron.project import environment
from perron.project.listening import Address, PortTaken, check_free
from perron.project.preparing import prepare
from perron.project.running import Busy, at_work
from perron.project.serving import serve


class Command(BaseCommand):
    """`perron serve`."""

    help = "Starts Perron: web server and worker together. The first start creates database, secrets and folders."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on; default: this machine only")
        parser.add_argument("--workers", type=int, default=1, help="web processes; about one per core")
        parser.add_argument("--without-worker", action="store_true", help="web processes only")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, then serve until Ctrl-C or SIGTERM."""
        if not 1 <= options["port"] <= 65535:
            raise CommandError("--port is between 1 and 65535.")
        address = Address(options["host"], options["port"])
        if options["workers"] < 1:
            raise CommandError("--workers is at least 1.")
        _answer_at(address)
        try:
            check_free(address)
            with at_work():
                prepare()
                status = serve(
                    address,
                    processes=options["workers"],
                    with_worker=not options["without_worker"],
                    announce=lambda: self.stdout.write(f"Perron is at {address} (Ctrl-C stops it)."),
                )
        except Busy as error:
            raise CommandError("A restore is going on. Start Perron when it has ended.") from error
        except PortTaken as error:
            raise CommandError(f"{error} Choose another with --port.") from error
        if status:
            sys.exit(status)


def _answer_at(address: Address) -> None:
    """On the own machine, where nobody said how Perron is reached, it is reached where it listens."""
    if "PERRON_ORIGIN" not in os.environ:
        os.environ["PERRON_ORIGIN"] = f"http://127.0.0.1:{address.port}"
        settings.PERRON_ORIGIN, settings.PERRON_HOSTS = environment.origin(), environment.hosts()
