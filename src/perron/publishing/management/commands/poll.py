"""`perron poll [ADDRESS]`: connected sources are asked for what is new."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from perron.core.errors import PerronError
from perron.publishing.models import Connection
from perron.publishing.sources.health import health
from perron.publishing.sources.polling import poll, poll_due


class Command(BaseCommand):
    """Ask connected sources for what is new."""

    help = "Asks the connected sources whose turn it is for what is new; with an address, that one, whatever its turn."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("address", nargs="?", metavar="ADDRESS", help="of one connected source")
        parser.add_argument("--community", metavar="SLUG", help="where several have the same address connected")

    def handle(self, **options: Any) -> None:
        """Poll, and print how each one stands."""
        with translation.override("en"):
            if not options["address"]:
                polled = poll_due()
                failing = Connection.objects.filter(paused="", failing_since__isnull=False).count()
                self.stdout.write(f"{polled} polled; {failing} of all sources are failing.")
                return
            for connection in self._named(options):
                try:
                    self._tell(poll(connection))
                except PerronError as error:
                    raise CommandError(f"{connection.source.community.slug}: {error.message}") from error

    def _named(self, options: dict[str, Any]) -> list[Connection]:
        named = Connection.objects.filter(source__address=options["address"]).select_related("source__community")
        if options["community"]:
            named = named.filter(source__community__slug=options["community"])
        if not (found := list(named)):
            raise CommandError("No connected source has this address. The studio lists them under “Sources”.")
        return found

    def _tell(self, connection: Connection) -> None:
        how = health(connection)
        for where, note in connection.notes:
            self.stderr.write(f"{where}: {note}")
        counts = ", ".join(f"{number} {what}" for what, number in connection.changes.items())
        self.stdout.write(f"{connection.source.community.slug}: {how.sentence} {how.advice}".rstrip())
        if counts:
            self.stdout.write(f"Last change, {connection.changed_at:%Y-%m-%d %H:%M} UTC: {counts}")
