"""The forms with which somebody shows a factor. allauth checks; what it leaves open is closed here."""

from typing import Any

from allauth.account.forms import ReauthenticateForm as PasswordForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils.translation import gettext as _

from perron.accounts.codes import use_code
from perron.accounts.factors import origin_of


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code, while signing in."""

    def clean_code(self) -> str:
        """Have the code never count again, in any process of the installation (`accounts.codes`)."""
        return _use(self)


class ConfirmingCodeForm(ReauthenticateForm):  # type: ignore[misc]
    """A code, once more in a session."""

    def clean_code(self) -> str:
        """The same."""
        return _use(self)


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as second step of signing in."""

    def clean_credential(self) -> Authenticator:
        """Refuse what was made on the page of another origin."""
        _same_origin(self.cleaned_data["credential"])
        return _checked(super().clean_credential)


class PasskeyAloneForm(LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey as both steps of signing in: the device checked who holds it."""

    def clean_credential(self) -> Authenticator:
        """The same."""
        _same_origin(self.cleaned_data["credential"])
        return _checked(super().clean_credential)


class ConfirmingPasskeyForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, once more in a session."""

    def clean_credential(self) -> Authenticator:
        """The same."""
        _same_origin(self.cleaned_data["credential"])
        return _checked(super().clean_credential)


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that the device has just made, and what the person calls it."""

    def clean(self) -> dict[str, Any]:
        """The same; and a device that does not check who holds it makes no passkey."""
        self.cleaned_data["passwordless"] = True
        if credential := self.cleaned_data.get("credential"):
            _same_origin(credential)
        cleaned: dict[str, Any] = _checked(super().clean)
        return cleaned


class ConfirmingPasswordForm(PasswordForm):  # type: ignore[misc]
    """The password, once more in a session: for who has no second factor."""

    def save(self) -> None:
        """Note in the session that it was shown just now."""
        reauthenticate_by_password(context.request)


class FirstCodeForm(forms.Form):
    """The code that shows that an app holds the secret; the rule checks it."""

    code = forms.CharField(max_length=20)


def _use(form: Any) -> str:
    code: str = form.cleaned_data["code"]
    clear = check_rate_limit(form.user)
    found = use_code(form.user, code)
    if found is None:
        raise forms.ValidationError(_("This code does not fit, or was used already. Type another one."))
    form.authenticator = found
    clear()
    return code


def _same_origin(credential: Any) -> None:
    """Hold the origin to exactly that of the page; fido2 lets in subdomains of it, which somebody else may have."""
    request = context.request
    try:
        origin = origin_of(credential)
    except ValueError:
        raise get_adapter().validation_error("incorrect_code") from None
    if (origin.scheme, origin.netloc) != (request.scheme, request.get_host()):
        raise forms.ValidationError(_("This passkey belongs to another site."))


def _checked(check: Any) -> Any:
    """Give what allauth's check gives; what does not even look like a passkey is refused like a wrong one."""
    try:
        return check()
    except (KeyError, TypeError, AttributeError, LookupError):
        raise get_adapter().validation_error("incorrect_code") from None
