import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from perron.core.errors import PerronError
from perron.privacy.evidence import checkpoints, exporting, verifying
from perron.privacy.evidence.checkpoints import Checkpoint

# More than anybody reads; their number is said all the same.
_SHOWN = 20


class Command(BaseCommand):
    """`perron evidence`."""

    help = "Verifies the chain of evidence, signs where it stands, or writes it out for somebody to verify elsewhere."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what there is to do."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        verify = deeds.add_parser("verify", help="look for any change, gap or reordering; status 1 if there is one")
        verify.add_argument("--checkpoint", type=Path, metavar="FILE", help="compare with what was signed earlier")
        deeds.add_parser("checkpoint", help="print a signed statement of where the chain stands, for others to keep")
        deeds.add_parser("export", help="print the chain, one JSON object per line; it says nothing about anybody")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        match options["deed"]:
            case "verify":
                self._verify(options["checkpoint"])
            case "checkpoint":
                made = checkpoints.make()
                self.stdout.write(made.to_json(), ending="")
                self.stderr.write(f"Signed with the key {made.public_key}")
            case _:
                for line in exporting.lines():
                    self.stdout.write(line, ending="")

    def _verify(self, file: Path | None) -> None:
        try:
            with translation.override("en"):
                report = verifying.verify(Checkpoint.parse(file.read_text()) if file else None)
        except PerronError as error:
            raise CommandError(error.message) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{file} cannot be read: {error}") from error
        self.stdout.write(
            f"{report.entries:,} entries, {report.first} to {report.last}, epoch {report.epoch}; "
            f"the details of {report.without_detail:,} have left."
        )
        for note in report.notes:
            self.stdout.write(note)
        for finding in report.findings[:_SHOWN]:
            self.stderr.write(finding)
        if not report.whole:
            self.stderr.write(f"The evidence is not whole: {len(report.findings):,} findings.")
            sys.exit(1)
        self.stdout.write("The evidence is whole.")
