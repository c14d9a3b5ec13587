from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from perron.channels.email import dkim_keys
from perron.core.mail_addresses import read_address
from perron.letters.sender import sender

# RFC 1035 §3.3.14: a record is made of pieces, none longer than 255.
_PIECE = 250


class Command(BaseCommand):
    """`perron dkim`."""

    help = "Makes the keys that mail is signed with, and says what to write into the DNS of the domain it comes from."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the domain, and what to do."""
        parser.add_argument("domain", nargs="?", default="", help="of the sender; by default that of PERRON_MAIL_FROM")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--start", action="store_true", help="sign with the keys that wait: their records are there")
        what.add_argument("--renew", action="store_true", help="make new keys, which wait beside those that sign")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make keys where there are none, and print the records."""
        domain = self._domain(options["domain"])
        if options["start"] and not dkim_keys.start(domain):
            raise CommandError(f"No keys of {domain} wait. perron dkim {domain} --renew makes some.")
        if options["renew"] or not dkim_keys.kept_for(domain):
            dkim_keys.make(domain)
        keys = dkim_keys.kept_for(domain)
        for kept in keys:
            self.stdout.write(_record(kept))
        if not all(kept.signs for kept in keys):
            self.stdout.write(f"; When these records can be looked up: perron dkim {domain} --start")

    def _domain(self, said: str) -> str:
        address = read_address(f"dkim@{said}" if said else sender().address)
        if not address:
            raise CommandError(f"{said} is no domain; write it as example.org.")
        return address.rpartition("@")[2]


def _record(kept: dkim_keys.Kept) -> str:
    """Return the record as a zone file has it."""
    name, words = kept.record
    pieces = " ".join(f'"{words[place : place + _PIECE]}"' for place in range(0, len(words), _PIECE))
    return f"; {kept.key.algorithm}, {'signs' if kept.signs else 'waits'}\n{name} IN TXT ( {pieces} )"
