"""Showing once more who one is, before something is signed or the way to sign in is changed."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.reauthentication import resume_request, suspend_request
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from perron.account.factor_forms import ConfirmingCodeForm, ConfirmingPasskeyForm, ConfirmingPasswordForm
from perron.account.passkeys import passkeys_for, place_of
from perron.accounts.factors import confirmed, factors_of, has_second_factor
from perron.accounts.models import Person
from perron.communities.access import signed_in

type View = Callable[..., HttpResponseBase]


@signed_in
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Ask for the second factor, of who has none for the password, and go on where one was going."""
    person = request.user
    assert isinstance(person, Person)
    form = _asked(request, person)
    if form and form.is_valid():
        form.save()  # type: ignore[attr-defined]
        return goes_on(request)
    response = render(request, "account/confirm.html", _context(request, person, form))
    response.status_code = 422 if form else 200
    return response


def confirmed_first(view: View) -> View:
    """Let in who is signed in and showed it within five minutes, by the second factor where they have one."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not confirmed(request):
            response: HttpResponseBase = suspend_request(request, reverse("account:confirm"))
            return response
        return view(request, *args, **kwargs)

    return signed_in(guarded)


def goes_on(request: HttpRequest) -> HttpResponseBase:
    """Carry out what waited for the confirmation, or go where `next` says; never to another site."""
    response: HttpResponseBase | None = resume_request(request)
    return response or redirect("account:security")


def _asked(request: HttpRequest, person: Person) -> Form | None:
    if request.method != "POST":
        return None
    if not has_second_factor(person):
        return ConfirmingPasswordForm(data=request.POST, user=person)
    form = ConfirmingPasskeyForm if "credential" in request.POST else ConfirmingCodeForm
    return form(data=request.POST, user=person)


def _context(request: HttpRequest, person: Person, form: Form | None) -> dict[str, object]:
    factors = factors_of(person)
    passkeys = passkeys_for(person, request)
    return {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "strong": bool(factors),
        "passkey": json.dumps(begin_authentication(person)) if passkeys else "",
        "elsewhere": [] if passkeys else place_of(factors),
        "app": any(factor.type == Authenticator.Type.TOTP for factor in factors),
        "password": person.has_usable_password(),
    }
