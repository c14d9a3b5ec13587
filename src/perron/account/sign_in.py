"""Signing in: a passkey, or a password and then a second step; and choosing a new password."""

import json
from contextlib import suppress
from typing import Any

from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.password_change import logout_on_password_change
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView, PasswordResetFromKeyView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal import flows
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from perron.account.confirming import confirmed_first
from perron.account.passkeys import better_address, passkeys_for, place_of
from perron.accounts.addresses import confirm_address
from perron.accounts.devices import remember
from perron.accounts.factors import factors_of
from perron.accounts.models import Person
from perron.communities.hosting import platform_of
from perron.communities.identity.rules import provider_of
from perron.communities.identity.tables import IdentityProvider
from perron.communities.strong_staff import sign_in_note
from perron.core.errors import NotFound

# So long does a browser that only looks at the page keep what the server asked its passkey.
_UNUSED = 10 * 60


class SignIn(LoginView):  # type: ignore[misc]
    """The page: the passkey first, the password below."""

    template_name = "account/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what the page needs to know of where it is."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        more = {
            "other": better_address(self.request),
            "next": get_next_redirect_url(self.request) or "",
            "note": sign_in_note(),
            "provider": _provider(self.request),
        }
        return context | more


def _provider(request: HttpRequest) -> IdentityProvider | None:
    """Return the provider of the platform's partner; a new installation has no platform yet."""
    with suppress(NotFound):
        return provider_of(platform_of(request))
    return None


class SignInByPasskey(LoginWebAuthnView):  # type: ignore[misc]
    """What the device signs, and what came of it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Give the options; the session that remembers them is gone soon where nobody signs in."""
        if not request.user.is_authenticated:
            request.session.set_expiry(_UNUSED)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Sign in, and go where one was going."""
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        response: HttpResponse = flows.perform_passwordless_login(self.request, authenticator, login)
        return response


class SecondStep(AuthenticateView):  # type: ignore[misc]
    """After the password: a passkey, or a code."""

    template_name = "account/second.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer a passkey where one works on this host."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        person = self.stage.login.user
        factors, here = factors_of(person), passkeys_for(person, self.request)
        more = {
            "form": self.webauthn_form if self.webauthn_form.is_bound else self.auth_form,
            "passkey": json.dumps(context["js_data"]["request_options"]) if here else "",
            "elsewhere": [] if here else place_of(factors),
            "app": any(factor.type == "totp" for factor in factors),
        }
        return context | more


class NewPassword(PasswordResetFromKeyView):  # type: ignore[misc]
    """Choosing a new password by the mailed link."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Have the browser known, which wrong passwords of others do not keep out; and the address confirmed."""
        response: HttpResponse = super().form_valid(form)
        confirm_address(self.reset_user)
        remember(self.request, response, self.reset_user)
        return response


@confirmed_first
def password(request: HttpRequest) -> HttpResponseBase:
    """Choose another password; every other device is signed out."""
    person = request.user
    assert isinstance(person, Person)
    form = SetPasswordForm(user=person, data=request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        form.save()
        logout_on_password_change(request, person)
        messages.success(request, _("Your password is changed. You are signed out on every other device."))
        response = redirect("account:security")
        remember(request, response, person)
        return response
    return render(request, "account/password.html", {"form": form}, status=422 if form.is_bound else 200)
