import getpass
import os
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from perron.communities.opening import is_open, open_installation
from perron.core.errors import PerronError
from perron.project.preparing import prepare


class Command(BaseCommand):
    """`perron init`."""

    help = "Sets up a new installation: tables, the first administrator and an empty platform."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the options."""
        parser.add_argument("--email", help="address of the first administrator; asked for where there is a terminal")
        parser.add_argument("--operator", default="Perron", help="name of the operator and of its platform")
        parser.add_argument(
            "--password",
            choices=["ask", "stdin", "env", "generate"],
            help="where the password comes from: asked for (the default with a terminal), the first line of standard "
            "input, the variable PERRON_PASSWORD, or generated and shown once (the default without a terminal)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, then open; refuse where it was done before."""
        prepare()
        if is_open():
            raise CommandError("This installation has been set up already; nothing was changed.")
        at_terminal = sys.stdin.isatty()
        email = options["email"] or (input("E-mail address of the first administrator: ") if at_terminal else "")
        if not email:
            raise CommandError("Name the first administrator: perron init --email you@example.org")
        source = options["password"] or ("ask" if at_terminal else "generate")
        password = _password(source)
        try:
            with translation.override("en"):
                person = open_installation(email=email, password=password, operator=options["operator"])
        except PerronError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{person.email} is the first administrator.")
        if source == "generate":
            self.stdout.write(f"Password, shown this once: {password}")
        self.stdout.write("Start with: perron serve")
        self.stdout.write("Then sign in, set up a passkey or an authenticator app, and open /desk/.")


def _password(source: str) -> str:
    if source == "stdin":
        return sys.stdin.readline().rstrip("\r\n")
    if source == "env":
        if not (password := os.environ.get("PERRON_PASSWORD", "")):
            raise CommandError("PERRON_PASSWORD is empty.")
        return password
    if source == "generate":
        return secrets.token_urlsafe(18)
    password = getpass.getpass("Password (at least 15 characters): ")
    if password != getpass.getpass("The same again: "):
        raise CommandError("The two passwords differ; nothing was changed.")
    return password
