"""Adding and removing passkeys, the authenticator app and recovery codes."""

import json

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.account.confirming import confirmed_first, goes_on
from perron.account.factor_forms import FirstCodeForm, NewPasskeyForm
from perron.account.passkeys import better_address
from perron.accounts.codes import codes_kept, codes_left, unseen_codes
from perron.accounts.devices import label_of
from perron.accounts.factors import add_app, add_passkey, has_second_factor, note_proof, renew_codes
from perron.accounts.models import Person
from perron.communities.access import signed_in
from perron.communities.strong_staff import must_have_factor, remove_factor
from perron.core.errors import PerronError


@signed_in
def first(request: HttpRequest) -> HttpResponseBase:
    """Lead somebody without a second factor to setting one up; who has one goes on."""
    person = _person(request)
    if has_second_factor(person):
        return goes_on(request)
    context = {"next": request.GET.get("next", ""), "must": must_have_factor(person), "other": better_address(request)}
    return render(request, "account/factor_first.html", context)


@confirmed_first
def passkey_new(request: HttpRequest) -> HttpResponseBase:
    """Have the device make a passkey, and take it."""
    person = _person(request)
    form = NewPasskeyForm(request.POST, user=person) if request.method == "POST" else None
    if form and form.is_valid():
        name = request.POST.get("name", "") or label_of(request)
        row = add_passkey(person, name, form.cleaned_data["credential"], by=person.actor)
        return _added(request, row, _("You now sign in with this passkey."))
    options = "" if better_address(request) else json.dumps(begin_registration(person, passwordless=True))
    context = {
        "form": form,
        "options": options,
        "other": better_address(request),
        "name": label_of(request),
        "next": _next(request),
    }
    return render(request, "account/passkey_new.html", context, status=422 if form else 200)


@confirmed_first
def app_new(request: HttpRequest) -> HttpResponseBase:
    """Show the secret to the authenticator app, and take the first code."""
    person = _person(request)
    form = FirstCodeForm(request.POST) if request.method == "POST" else None
    secret: str = get_totp_secret(regenerate=form is None)
    if form and form.is_valid():
        try:
            row = add_app(person, secret, form.cleaned_data["code"], by=person.actor)
        except PerronError as error:
            form.add_error("code", error.message)
        else:
            clear_totp_secret(request)
            return _added(request, row, _("From now on signing in asks for a code of the app."))
    address = get_adapter().build_totp_url(person, secret)
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    context = {"form": form, "picture": _picture(address), "address": address, "groups": groups, "next": _next(request)}
    return render(request, "account/app_new.html", context, status=422 if form else 200)


@confirmed_first
def factor_remove(request: HttpRequest, factor: int) -> HttpResponseBase:
    """Ask whether a passkey or the app shall go, and remove it."""
    person = _person(request)
    row = get_object_or_404(Authenticator.objects.exclude(type="recovery_codes"), pk=factor, user=person)
    if request.method != "POST":
        return render(request, "account/factor_remove.html", {"factor": row})
    remove_factor(person, row, by=person.actor)
    messages.success(request, _("Removed. It does not open your account any more."))
    return redirect("account:security")


@confirmed_first
def codes(request: HttpRequest) -> HttpResponseBase:
    """Show recovery codes until the person says that they kept them; afterwards how many are left."""
    person = _person(request)
    left = codes_left(person)
    if left is None:
        raise Http404
    if request.method == "POST":
        codes_kept(person)
        return goes_on(request)
    context = {"codes": unseen_codes(person), "left": left, "next": _next(request)}
    return render(request, "account/codes.html", context)


@require_POST
@confirmed_first
def codes_new(request: HttpRequest) -> HttpResponseBase:
    """Make new recovery codes."""
    person = _person(request)
    renew_codes(person, by=person.actor)
    return redirect("account:codes")


def _added(request: HttpRequest, row: Authenticator, words: str) -> HttpResponseBase:
    """Go on with a new factor, by way of the recovery codes where they were never seen."""
    note_proof(request, row)
    messages.success(request, words)
    if unseen_codes(_person(request)):
        response = redirect("account:codes")
        if _next(request):
            response["Location"] += f"?{urlencode({'next': _next(request)})}"
        return response
    return goes_on(request)


def _picture(address: str) -> SafeString:
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass="code", lineclass=""
    )
    return mark_safe(drawn)  # noqa: S308 a library drew it from an address


def _person(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def _next(request: HttpRequest) -> str:
    return request.POST.get("next") or request.GET.get("next", "")
