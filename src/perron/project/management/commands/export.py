import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from perron.accounts.models import Person
from perron.core.language import LANGUAGES
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record
from perron.privacy.exporting import Kind, give
from perron.privacy.looks import What
from perron.privacy.models import Addressee
from perron.privacy.subjects import Subject, known_address, of_person
from perron.privacy.viewing import seen


class Command(BaseCommand):
    """`perron export`."""

    help = "Writes all that is held about somebody into a zip, for them to have; it leaves an audit row and evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("who", metavar="PERSON_OR_ADDRESS", help="an e-mail address, or the UUID of an account")
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="where to write; it must not exist")
        parser.add_argument("--portable", action="store_true", help="only what they gave themselves")
        parser.add_argument("--why", default="", help="why it is made: kept, and shown to them")
        parser.add_argument("--language", choices=LANGUAGES, help="by default that of the account, else French")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the copy, or nothing."""
        person, subjects = _find(options["who"])
        if not subjects:
            raise CommandError("Nothing is held about anybody of that address or identifier.")
        language = options["language"] or (person.language if person else LANGUAGES[0])
        kind: Kind = "portable" if options["portable"] else "access"
        target: Path = options["to"]
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(
                f"{target} cannot be written: {error.strerror}. Name a file that is not there."
            ) from error
        try:
            with os.fdopen(descriptor, "wb") as file, transaction.atomic():
                record("export", person or Addressee.objects.get(pk=subjects[0].id), by=SYSTEM, kind=kind)
                seen(SYSTEM, subjects, what=What.ARCHIVE, why=options["why"])
                made = give(subjects, kind, language=language, out=file, by=SYSTEM)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
        self.stdout.write(f"{target}: {made.rows} rows, {made.files} files, {made.size} bytes, SHA-256 {made.sha256}")


def _find(who: str) -> tuple[Person | None, list[Subject]]:
    """Return the account, if there is one, and as whom somebody is known."""
    try:
        person = Person.objects.filter(pk=UUID(who)).first()
    except ValueError:
        person = Person.objects.filter(email=who.strip().lower()).first()
    address = known_address(person.email if person else who)
    subjects = [of_person(person.pk)] if person else []
    return person, subjects + ([address] if address else [])
