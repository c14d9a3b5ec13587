from math import ceil
from typing import Any, NoReturn

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from perron.accounts.attempts import attempt
from perron.accounts.devices import begin, is_known, label_of, remember
from perron.accounts.models import Person
from perron.accounts.passwords import LONGEST
from perron.accounts.telling import tell, tell_new_device
from perron.communities.membership import roles_of
from perron.core.errors import NotAllowed
from perron.core.mail_addresses import read_address
from perron.letters.writing import write
from perron.privacy.auditing import record
from perron.privacy.subjects import of_person


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth does is done our way: mail by letters, changes with an audit row.

    Accounts are opened by invitation, or by a link that proves the address before there is an account
    (`accounts.opening`): allauth's own sign-up, which makes the account first, stays closed.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 allauth passes it
        """Say no."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Look for the address as it is kept, however it was typed, and for no password that is too long to be one."""
        email, password = str(credentials.get("email") or ""), str(credentials.get("password") or "")
        if len(password) > LONGEST:
            raise self.validation_error("email_password_mismatch")
        credentials["email"] = read_address(email).lower() or email
        return super().authenticate(request, **credentials)  # type: ignore[no-any-return]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead who has a role to the studio, and everybody else to their account."""
        assert isinstance(request.user, Person)
        return reverse("studio:front" if roles_of(request.user).exists() else "account:profile")

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

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Send nothing: the rules that change something tell the person themselves (`accounts.telling`)."""

    def set_password(self, user: Person, password: str) -> None:
        """Give somebody the password that they chose; wherever they were signed in, they are not any more."""
        with transaction.atomic():
            super().set_password(user, password)
            record("set password", user, by=user.actor)
            user.sessions.exclude(session_key=self.request.session.session_key).delete()
            tell(user, "password-changed", by=user.actor)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Have passwords tried no faster than `accounts.attempts` lets them."""
        self._attempt = attempt(request, credentials.get("email", ""), self.get_client_ip(request))
        if seconds := self._attempt.wait():
            raise ValidationError(_wait(seconds), code="too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ARG002 allauth passes it
        """Count a wrong password."""
        self._attempt.failed()

    def login(self, request: HttpRequest, user: Person) -> None:
        """Sign in; who never did so in this browser is told by letter, but for the very first time."""
        attempt(request, user.email, self.get_client_ip(request)).succeeded()
        known = user.last_login is None or is_known(request, user)
        super().login(request, user)
        begin(request)
        if not known:
            with transaction.atomic():
                tell_new_device(user, label_of(request), by=user.actor)

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponseBase:
        """Have the browser known to the account."""
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        remember(request, response, user)
        return response


def _wait(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    return ngettext(
        "Too many wrong passwords. Wait a minute, or use a passkey, or choose a new password by mail.",
        "Too many wrong passwords. Wait %(n)s minutes, or use a passkey, or choose a new password by mail.",
        minutes,
    ) % {"n": minutes}
