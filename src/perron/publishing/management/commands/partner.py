"""`perron partner export SLUG FILE` and `perron partner import FILE`: a partner leaves one installation for another."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from perron.communities.models import Partner
from perron.core.errors import PerronError
from perron.privacy.acting import SYSTEM
from perron.publishing.handing_over.taking_in import take_in
from perron.publishing.handing_over.writing import hand_over


class Command(BaseCommand):
    """Write everything of a partner to a file, or take a partner in from one."""

    help = "Writes everything of a partner to an archive, or takes a partner in from one (docs/moving.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        deeds = parser.add_subparsers(dest="deed", required=True, metavar="export|import")
        export = deeds.add_parser("export", help="write the partner SLUG to FILE, which must not be there yet")
        export.add_argument("slug", metavar="SLUG")
        export.add_argument("file", metavar="FILE", type=Path)
        taking = deeds.add_parser("import", help="take in the partner of the archive FILE")
        taking.add_argument("file", metavar="FILE", type=Path)
        taking.add_argument("--rename", action="append", default=[], metavar="TAKEN=NEW", help="for an address that is "
                            "taken here: that of the partner, a platform or a community")  # fmt: skip

    def handle(self, **options: Any) -> None:
        """Do it, and print what was written or taken in."""
        with translation.override("en"):
            try:
                (self._export if options["deed"] == "export" else self._import)(options)
            except PerronError as error:
                raise CommandError(error.message) from error
            except OSError as error:
                raise CommandError(f"{options['file']}: {error.strerror}.") from error

    def _export(self, options: dict[str, Any]) -> None:
        partner = Partner.objects.filter(slug=options["slug"]).first()
        if partner is None:
            raise CommandError(f"There is no partner “{options['slug']}”.")
        file: Path = options["file"]
        with file.open("xb") as out:
            file.chmod(0o600)
            try:
                written = hand_over(partner, out, by=SYSTEM)
            except BaseException:
                file.unlink()
                raise
        self.stdout.write(f"{written.rows} rows and {written.files} files in {written.size} bytes.")
        self.stdout.write(f"SHA-256 {written.sha256}")

    def _import(self, options: dict[str, Any]) -> None:
        renamed = dict(pair.split("=", 1) for pair in options["rename"] if "=" in pair)
        with options["file"].open("rb") as file:
            taken = take_in(file, by=SYSTEM, renamed=renamed)
        for table, number in taken.rows.items():
            self.stdout.write(f"{number:>9} {table}")
        self.stdout.write(f"{taken.files:>9} files")
        for note in taken.notes:
            self.stderr.write(note)
        self.stdout.write(
            f"{taken.partner} is here: /desk/partners/{taken.partner.slug}/. Invited: {len(taken.invited)}."
        )
