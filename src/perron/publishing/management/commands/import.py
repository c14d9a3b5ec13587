# ruff: noqa: N999 Django finds a command by the name of its file
"""`perron import FILE_OR_URL --community SLUG`: a feed, calendar or alert becomes items of a community."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from perron.communities.models import Community
from perron.core.errors import PerronError
from perron.core.fetching import fetch
from perron.privacy.acting import Actor
from perron.publishing.sources.importing import Imported, Options, import_fetched, import_file
from perron.publishing.sources.reading import LIMIT


class Command(BaseCommand):
    """Import a feed (RSS, Atom, JSON Feed), a calendar (iCalendar) or an alert (CAP)."""

    help = "Import a feed (RSS, Atom, JSON Feed), a calendar (iCalendar) or an alert (CAP) into a community."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("place", metavar="FILE_OR_URL")
        parser.add_argument("--community", required=True, metavar="SLUG")
        parser.add_argument("--draft", action="store_true", help="into drafts; without it, released at once")
        parser.add_argument("--name", default="", help="the source's name as readers see it")
        parser.add_argument("--licence", default="", help="for example “CC BY 4.0”")

    def handle(self, **options: Any) -> None:
        """Import, and print what was new, changed, unchanged, withdrawn and left out."""
        with translation.override("en"):
            try:
                imported = self._import(options)
            except PerronError as error:
                raise CommandError(error.message) from error
            self._tell(imported)

    def _import(self, options: dict[str, Any]) -> Imported:
        community = Community.objects.filter(slug=options["community"]).first()
        if community is None:
            raise CommandError(f"There is no community “{options['community']}”.")
        how = Options(release=not options["draft"], name=options["name"], licence=options["licence"])
        by = Actor("source")
        place = options["place"]
        if "://" in place:
            return import_fetched(community, fetch(place), how, by=by)
        return import_file(community, _read(Path(place)), Path(place).name, how, by=by)

    def _tell(self, imported: Imported) -> None:
        for where, reason in (*imported.skipped, *imported.notes):
            self.stderr.write(f"{where}: {reason}")
        self.stdout.write(
            f"{imported.created} new, {imported.changed} changed, {imported.unchanged} unchanged, "
            f"{imported.withdrawn} withdrawn, {len(imported.skipped)} left out"
        )


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # One byte more than is accepted: the rule refuses it, and the rest is never read.
            return file.read(LIMIT + 1)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
