"""Django's own way to send mail, closed: what goes around the letters would need no clearance and leave no trace."""

from collections.abc import Sequence
from typing import NoReturn

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Refusing(BaseEmailBackend):
    """Refuses every mail."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> NoReturn:  # noqa: ARG002 Django passes it
        """Raise `RuntimeError`."""
        raise RuntimeError("Mail leaves as a letter only: write it with perron.letters.writing.write.")
