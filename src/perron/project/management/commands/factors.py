from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from perron.accounts.factors import factors_of, take_all_away
from perron.accounts.models import Person
from perron.privacy.acting import SYSTEM


class Command(BaseCommand):
    """Says with which second factors somebody signs in, and takes them away from who lost them."""

    help = "Says with which second factors somebody signs in; with --take-away, takes them away and signs them out."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email", help="the address of the account")
        parser.add_argument("--take-away", action="store_true", help="take all away; make sure first who asks")

    def handle(self, *_args: Any, **options: Any) -> None:
        """List, or take away."""
        person = Person.objects.filter(email=options["email"].strip().lower(), is_active=True).first()
        if person is None:
            raise CommandError("There is no open account with this address.")
        for factor in factors_of(person):
            self.stdout.write(f"{factor}, since {factor.created_at:%Y-%m-%d}")
        if options["take_away"]:
            take_all_away(person, by=SYSTEM)
            self.stdout.write("Taken away. They sign in with the password, and set up a new factor.")
