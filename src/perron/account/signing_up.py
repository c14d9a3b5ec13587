"""Signing up: the form that asks for an account, and the page of the mailed link, which opens it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.account.passkeys import better_address
from perron.accounts.models import Person
from perron.accounts.naming import LONGEST_NAME, clean_name
from perron.accounts.passwords import LONGEST
from perron.communities.access import anyone
from perron.communities.enrolling import opening
from perron.communities.hosting import platform_of
from perron.core.errors import Gone, Refused
from perron.core.language import LANGUAGES
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.screens.own_posts import own_posts


class AskForm(forms.Form):
    """Whose account it becomes: an address, and what must be said before anything is stored."""

    use_required_attribute = False
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        help_text=gettext_lazy("We send a link to this address. It opens your account."),
        error_messages={"required": gettext_lazy("Write your e-mail address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )
    of_age = forms.BooleanField(
        error_messages={"required": gettext_lazy("Tick this if you are old enough. If not, ask a parent to do this.")}
    )
    no_promotion = forms.BooleanField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.fields["of_age"].label = _("I am %(years)d or older") % {"years": policy().age_of_consent}
        if policy().does(Activity.PROMOTION):
            self.fields["no_promotion"].label = _("Send me no news about what %(operator)s offers") % {
                "operator": policy().operator.name
            }
        else:
            del self.fields["no_promotion"]


class OpenForm(forms.Form):
    """What somebody is called, and the password that they sign in with."""

    use_required_attribute = False
    first_name = forms.CharField(label=gettext_lazy("First name"), required=False, max_length=LONGEST_NAME,
                                 widget=forms.TextInput(attrs={"autocomplete": "given-name"}))  # fmt: skip
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=LONGEST_NAME,
                           widget=forms.TextInput(attrs={"autocomplete": "family-name"}))  # fmt: skip
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        max_length=LONGEST,
        help_text=gettext_lazy("At least 15 characters. A few words in a row are easy to keep in mind."),
        error_messages={"required": gettext_lazy("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: Any, email: str) -> None:
        super().__init__(data)
        self.email = email

    def clean_name(self) -> str:
        """Return the name as it is kept."""
        return _cleaned(self.cleaned_data["name"])

    def clean_first_name(self) -> str:
        """Return the first name as it is kept."""
        return _cleaned(self.cleaned_data["first_name"])

    def clean_password(self) -> str:
        """Refuse what is easily guessed."""
        password = str(self.cleaned_data["password"])
        said = {column: self.cleaned_data.get(column, "") for column in ("name", "first_name")}
        validate_password(password, Person(email=self.email, **said))
        return password


@own_posts
@anyone
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask for an account. The answer is the same whether the address has one or not."""
    platform = platform_of(request)
    is_open = opening.is_open(platform)
    context = {"platform": platform, "is_open": is_open, "operator": policy().operator.name}
    form = AskForm(request.POST if request.method == "POST" and is_open else None)
    if form.is_bound and not ratelimit.consume(request, action="signup"):
        response: HttpResponse = ratelimit.respond_429(request)
        return response
    if form.is_valid() and _asked(request, form):
        return render(request, "account/own/sign_up_sent.html", context | {"email": form.cleaned_data["email"]})
    status = 422 if form.errors else 200 if is_open else 404
    return render(request, "account/own/sign_up.html", context | {"form": form}, status=status)


@own_posts
@anyone
def confirm(request: HttpRequest) -> HttpResponse:
    """Show what a mailed link opens; the button opens it. A program that only looks at links opens nothing."""
    token = request.POST.get("token", request.GET.get("token", ""))
    try:
        asked = opening.look(token).asked
        if request.POST.get("by") == "passkey":
            return _signed_in(request, opening.enrol(token, password=None), to="account:passkey-new")
        form = OpenForm(request.POST if request.method == "POST" else None, asked.email)
        if form.is_valid() and (person := _opened(token, form)):
            return _signed_in(request, person, to="account:profile")
    except Gone as refusal:
        return render(request, "account/own/sign_up_link.html", {"refusal": refusal.message}, status=refusal.status)
    context = {"form": form, "email": asked.email, "token": token, "other": better_address(request)}
    return render(request, "account/own/sign_up_link.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: AskForm) -> bool:
    said = form.cleaned_data
    try:
        opening.ask(
            platform_of(request),
            said["email"],
            language=get_language() or LANGUAGES[0],
            age=policy().age_of_consent,
            refuses_promotion=said.get("no_promotion", False),
            page=request.build_absolute_uri(reverse("account:sign-up-link")),
            elsewhere=request.build_absolute_uri(reverse("account_login")),
        )
    except Refused as refusal:
        form.add_error("email", refusal.message)
        return False
    return True


def _opened(token: str, form: OpenForm) -> Person | None:
    try:
        return opening.enrol(token, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return None


def _signed_in(request: HttpRequest, person: Person, *, to: str) -> HttpResponse:
    """Sign in who has just opened the account: the link proved the address, and counts as showing who one is."""
    request.session.flush()
    record_authentication(request, person, method="link")
    response: HttpResponse = perform_login(request, person, redirect_url=reverse(to))
    return response


def _cleaned(name: str) -> str:
    try:
        return clean_name(name)
    except Refused as refusal:
        raise forms.ValidationError(refusal.message) from refusal
