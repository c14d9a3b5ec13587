from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.core.errors import NotAllowed
from perron.letters.writing import write
from perron.privacy.auditing import record
from perron.privacy.subjects import of_person


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth does is done our way: mail by letters, changes with an audit row.

    Accounts are opened by invitation; nobody signs up by themselves yet.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 allauth passes it
        """Say no."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> NoReturn:  # noqa: ARG002 allauth passes it
        """Refuse somebody whose account is closed and who knows its password."""
        raise NotAllowed(_("This account is closed. The administrator of your community can open it again."))

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        """Write the letter with the link to choose a new password."""
        with transaction.atomic():
            write(
                "password-reset",
                to=email,
                subject=of_person(user.pk),
                language=user.language,
                context={"link": context["password_reset_url"]},
                by=user.actor,
            )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> NoReturn:  # noqa: ARG002
        """Refuse: what else allauth would say has no letter yet."""
        raise RuntimeError(f"allauth wants to send {template_prefix}; give it a letter in account/letter_kinds.py.")

    def set_password(self, user: Person, password: str) -> None:
        """Give somebody the password that they chose."""
        with transaction.atomic():
            super().set_password(user, password)
            record("set password", user, by=user.actor)
