"""How one signs in, and where one is signed in: the page, and the buttons of its lists."""

from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from perron.account.passkeys import better_address, place_of
from perron.accounts.codes import codes_left
from perron.accounts.devices import end_others, end_session, reference_of, sessions_of
from perron.accounts.factors import factors_of
from perron.accounts.models import Person
from perron.communities.access import signed_in
from perron.communities.identity.rules import providers_for
from perron.communities.strong_staff import is_excused, is_staff


@signed_in
def security(request: HttpRequest) -> HttpResponse:
    """Show passkeys, app, codes, password and sessions."""
    person = request.user
    assert isinstance(person, Person)
    factors = factors_of(person)
    context = {
        "passkeys": [(factor, ", ".join(place_of([factor]))) for factor in factors if factor.type == "webauthn"],
        "app": next((factor for factor in factors if factor.type == "totp"), None),
        "codes_left": codes_left(person),
        "sessions": [
            (session, reference_of(session), session.session_key == request.session.session_key)
            for session in sessions_of(person)
        ],
        "other": better_address(request),
        "staff": is_staff(person),
        "excused": is_excused(person),
        "providers": providers_for(person),
        "linked": set(SocialAccount.objects.filter(user=person).values_list("provider", flat=True)),
        "has_password": person.has_usable_password(),
    }
    return render(request, "account/security.html", context)


@require_POST
@signed_in
def session_end(request: HttpRequest, reference: str) -> HttpResponse:
    """Sign out on one device."""
    assert isinstance(request.user, Person)
    end_session(request.user, reference, by=request.user.actor)
    messages.success(request, _("Signed out there."))
    return redirect("account:security")


@require_POST
@signed_in
def others_end(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    assert isinstance(request.user, Person)
    number = end_others(request.user, request.session.session_key, by=request.user.actor)
    said = ngettext("Signed out on %(n)s other device.", "Signed out on %(n)s other devices.", number) % {"n": number}
    messages.success(request, said if number else _("You are signed in nowhere else."))
    return redirect("account:security")
