import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from perron.project.backups.refusing import BackupRefused
from perron.project.backups.restoring import Restored, mark, restore


class Command(BaseCommand):
    """`perron restore`."""

    help = "Puts a backup back, repeats what people asked for since, and checks the result. Stop Perron first."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("file", type=Path, help="a file that perron backup wrote")
        parser.add_argument("--replace", action="store_true", help="although there is something here already")
        parser.add_argument("--journal", type=Path, metavar="FILE", help="a copy of journal.jsonl of the lost machine")
        parser.add_argument("--old", action="store_true", help="although the backup is older than the policy allows")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Restore, and say what came of it; status 1 if the check finds something."""
        try:
            done = restore(options["file"], replace=options["replace"], copy_of_journal=options["journal"],
                           old=options["old"])  # fmt: skip
        except BackupRefused as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        except Exception as error:
            if mark().exists():
                self.stderr.write("The restore has not ended, and Perron does not start until it has: restore again.")
            raise CommandError(f"{type(error).__name__}: {error}") from error
        self._tell(done)

    def _tell(self, done: Restored) -> None:
        self.stdout.write(f"Restored as of {done.manifest.moment:%Y-%m-%d %H:%M:%S} UTC: {done.rows:,} rows, "
                          f"{done.files:,} files.")  # fmt: skip
        again = ", ".join(f"{deed} {times}" for deed, times in sorted(done.repeated.items())) or "nothing"
        self.stdout.write(f"Repeated from the journal: {again}.")
        if done.journal_reaches:
            self.stdout.write(f"The journal reaches to {done.journal_reaches}; what was asked for later is not known.")
        else:
            self.stdout.write("The journal is empty: what was asked for since the backup is not known.")
        self.stdout.write(f"Evidence goes on in epoch {done.epoch}. Everybody signs in again.")
        for finding in done.findings:
            self.stderr.write(finding)
        if done.findings:
            self.stderr.write(f"The check found {len(done.findings)} things.")
            sys.exit(1)
        self.stdout.write("The check found nothing.")
