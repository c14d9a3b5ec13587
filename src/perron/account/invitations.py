"""An invitation to a role: what it is about, and the button that accepts it."""

from allauth.account.internal.flows.login import record_authentication
from django import forms
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from perron.accounts.models import Person
from perron.communities.access import anyone
from perron.communities.inviting import rules
from perron.communities.inviting.rules import NewAccount
from perron.communities.models import Community, Member
from perron.communities.writing import Unfit
from perron.core.errors import Gone, NotAllowed, NotFound


class NewAccountForm(forms.Form):
    """What somebody without an account chooses."""

    use_required_attribute = False
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=100,
        help_text=gettext_lazy("Your colleagues see it."),
        error_messages={"required": gettext_lazy("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=4096,
        help_text=gettext_lazy("At least 12 characters. A few words in a row are easy to keep in mind."),
        error_messages={"required": gettext_lazy("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )


@never_cache
@anyone
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Show who invites whom to what; the button takes up the role, and opens an account where there is none."""
    person = request.user if isinstance(request.user, Person) else None
    try:
        found = rules.look(secret)
        if person:
            rules.check_address(found, person)
    except (Gone, NotAllowed, NotFound) as refusal:
        said = {"refusal": refusal.message, "other": isinstance(refusal, NotAllowed)}
        return render(request, "account/invitation.html", said, status=refusal.status)
    must_sign_in = person is None and rules.has_account(found)
    form = NewAccountForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not must_sign_in:
        member = _accept(request, secret, person, form)
        if member:
            return redirect(_first_page(member))
    context = {
        "invitation": found,
        "person": person,
        "must_sign_in": must_sign_in,
        "form": form,
    }
    wrong = form.is_bound and bool(form.errors) and person is None
    return render(request, "account/invitation.html", context, status=422 if wrong else 200)


def _accept(request: HttpRequest, secret: str, person: Person | None, form: NewAccountForm) -> Member | None:
    if person:
        return rules.accept(secret, signed_in=person)
    if not form.is_valid():
        return None
    try:
        member = rules.accept(secret, signed_in=None, new=NewAccount(**form.cleaned_data))
    except Unfit as unfit:
        for column, sentences in unfit.fields.items():
            form.add_error(column if column in form.fields else None, list(sentences))
        return None
    # The link proved the address, and the password was just chosen: nobody is asked for it again at the next step.
    request.session.flush()
    record_authentication(request, member.person, method="link")
    login(request, member.person)
    return member


def _first_page(member: Member) -> str:
    if isinstance(member.scope, Community):
        return f"/studio/{member.scope.slug}/"
    return "/studio/" if member.scope else "/desk/"
