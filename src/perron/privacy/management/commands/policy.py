from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from perron.privacy.gate.checking import Examination, examine
from perron.privacy.policy.reading import BadPolicy


class Command(BaseCommand):
    """`perron policy check`."""

    help = "Say whether the program keeps the policy: every version, announced ones too, and the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One thing can be asked so far."""
        parser.add_argument("what", choices=["check"])

    def handle(self, **options: Any) -> None:  # noqa: ARG002 Django passes the one choice
        """Print what was found; exit 1 where a gap is left."""
        try:
            examination = examine()
        except BadPolicy as error:
            raise CommandError(str(error)) from error
        self._show(examination)
        if not examination.passed:
            raise CommandError("The policy and the program do not agree.")
        self.stdout.write("The program keeps this policy.")

    def _show(self, examination: Examination) -> None:
        self.stdout.write(f"{examination.versions[0].policy.folder.parent}")
        for version in examination.versions:
            day = version.policy.version.in_force
            languages = " ".join(version.policy.languages)
            self.stdout.write(f"  {day}  {version.state:<9}  {len(version.policy.activities)} activities  {languages}")
            for gap in version.gaps:
                self.stdout.write(f"    - {gap}")
        for gap in examination.database:
            self.stdout.write(f"  - {gap}")
        for open_part in examination.waiting:
            self.stdout.write(f"  open: {open_part}")
