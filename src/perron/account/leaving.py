"""Closing one's account: what will happen, the proof that it is oneself, and the receipt."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from perron.account.confirming import confirmed_first
from perron.accounts.closing import close_oneself, kept_until
from perron.accounts.models import Person
from perron.communities.access import signed_in
from perron.communities.membership import roles_of
from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.language import LANGUAGES
from perron.privacy.declaring import Activity
from perron.privacy.policy.texts import texts
from perron.privacy.requests.wording import at_closing
from perron.privacy.subjects import of_person
from perron.screens.own_posts import own_posts


@own_posts
@signed_in
def close(request: HttpRequest) -> HttpResponseBase:
    """Say what closing does; the button does it, once it is sure who asks."""
    if request.method == "POST":
        return _closed(request)
    return render(request, "account/own/close.html", _context(request))


@confirmed_first
def _closed(request: HttpRequest) -> HttpResponse:
    """Close the account, and show the receipt at once: afterwards nobody can."""
    context = _context(request)
    person = context["person"]
    email, language = person.email, get_language() or LANGUAGES[0]
    try:
        close_oneself(person, language=language)
    except Refused as refusal:
        return render(request, "account/own/close.html", context | {"refusal": refusal.message}, status=422)
    request.session.flush()
    return render(request, "account/own/closed.html", context | {"email": email, "person": None})


def _context(request: HttpRequest) -> dict[str, Any]:
    person = request.user
    assert isinstance(person, Person)
    language = get_language() or LANGUAGES[0]
    gone, kept = at_closing(of_person(person.pk))
    return {
        "person": person,
        "roles": roles_of(person),
        "gone": gone,
        "kept_tables": kept,
        "until": kept_until(now()),
        "kept": texts(language).activity(Activity.ACCOUNTS).retentions.get("account_closed", ""),
    }
