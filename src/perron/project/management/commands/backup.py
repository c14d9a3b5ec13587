from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from perron.project.backups.refusing import BackupRefused
from perron.project.backups.writing import back_up, key_path, own_folder


class Command(BaseCommand):
    """`perron backup`."""

    help = "Writes an encrypted backup of database, media and keys, and deletes those whose time is over."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--to", type=Path, metavar="DIR", help="default: the folder backups of PERRON_HOME")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make one."""
        first = not key_path().exists()
        try:
            made = back_up(options["to"] or own_folder())
        except (BackupRefused, OSError) as error:
            raise CommandError(f"{error} There is no new backup.") from error
        self.stdout.write(f"{made} ({made.stat().st_size / 1e6:,.1f} MB)")
        if first and not settings.PERRON_BACKUP_KEY:
            self.stdout.write(f"Keep a copy of {key_path()} somewhere else: without it no backup can be read.")
