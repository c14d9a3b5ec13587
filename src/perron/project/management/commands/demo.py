from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from perron.core.errors import PerronError
from perron.project.demo import loading, places
from perron.project.preparing import prepare_database


class Command(BaseCommand):
    """`perron demo`."""

    help = "Loads the demo: communities, items and sign-ins. Run again, it doubles nothing and moves dates to today."

    # They load every page; the demo is looked for at each `make run`.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--quiet-if-loaded", action="store_true", help="do and say nothing if it is loaded today")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Create the tables if there are none, then load."""
        prepare_database()
        if options["quiet_if_loaded"] and loading.is_loaded():
            return
        try:
            with translation.override("en"):
                loaded = loading.load()
        except PerronError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"The demo is loaded: {loaded.made} items made, {loaded.moved} moved to today.")
        for account in places.sign_ins():
            where = account.at or account.partner
            self.stdout.write(f"  {account.email}  {account.role}{f' at {where}' if where else ''}")
        self.stdout.write(f"  Password: {places.PASSWORD} (also in {places.note_path()})")
