import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from perron.communities.contracting.verifying import altered
from perron.communities.models import Agreement


class Command(BaseCommand):
    """`perron agreements check`."""

    help = "Say whether every agreement with a partner is still what was signed: text, document and evidence."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One thing can be asked so far."""
        parser.add_argument("what", choices=["check"])

    def handle(self, **options: Any) -> None:  # noqa: ARG002 Django passes the one choice
        """Print what was found; exit 1 where something was altered."""
        with translation.override("en"):
            found = altered()
        for agreement, sentences in found:
            self.stdout.write(f"{agreement.partner.slug} {agreement.kind} {agreement.pk}")
            for sentence in sentences:
                self.stdout.write(f"  - {sentence}")
        if found:
            sys.exit(1)
        self.stdout.write(f"{Agreement.objects.count()} agreements: each is what was signed.")
