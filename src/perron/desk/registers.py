"""The registers of processing: the operator's own, and that of what it does for a partner (GDPR art. 30).

They are for the authority (art. 30(4)) and the partner's data-protection officer, not for everybody: residents read the
policy, which says the same of what concerns them.
"""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override

from perron.communities.access import holds, requires
from perron.communities.models import Partner
from perron.communities.naming import grouped_enterprise_number
from perron.communities.permissions import ENTER_DESK, READ_PARTNERS_REGISTER, READ_REGISTER
from perron.core import spreadsheets
from perron.desk.languages import language_of, offered
from perron.privacy.policy import register
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.privacy.policy.vocabulary import json_ld


@requires(READ_REGISTER)
def own(request: HttpRequest) -> HttpResponse:
    """Show the register of the operator as controller (art. 30(1))."""
    return _page(request, None)


@requires(READ_REGISTER)
def own_csv(request: HttpRequest) -> HttpResponse:
    """Answer with it as CSV."""
    return _csv(request, None)


@requires(READ_REGISTER)
def own_data(request: HttpRequest) -> HttpResponse:
    """Answer with it as JSON-LD in the Data Privacy Vocabulary."""
    return _data(request, None)


@requires(READ_PARTNERS_REGISTER)
def of_partner(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Show the register of the operator as processor for a partner (art. 30(2))."""
    return _page(request, partner)


@requires(READ_PARTNERS_REGISTER)
def of_partner_csv(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Answer with it as CSV."""
    return _csv(request, partner)


@requires(READ_PARTNERS_REGISTER)
def of_partner_data(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Answer with it as JSON-LD in the Data Privacy Vocabulary."""
    return _data(request, partner)


def _page(request: HttpRequest, partner: Partner | None) -> HttpResponse:
    language = language_of(request)
    made = register.register(policy(), words_for(policy(), language), partner=_named(partner))
    context: dict[str, Any] = {
        "register": made,
        "partner": partner,
        "at_desk": holds(request.user, ENTER_DESK),
        "languages": offered(request),
        "language": language,
    }
    with override(language):
        return render(request, "desk/register.html", context)


def _csv(request: HttpRequest, partner: Partner | None) -> HttpResponse:
    made = register.register(policy(), words_for(policy(), language_of(request)), partner=_named(partner))
    body = spreadsheets.MARK + register.as_csv(made)
    return _file(HttpResponse(body, content_type="text/csv; charset=utf-8"), partner, "csv")


def _data(request: HttpRequest, partner: Partner | None) -> HttpResponse:
    base = request.build_absolute_uri(request.path)
    made = json_ld(policy(), words_for(policy(), language_of(request)), base=base, partner=_named(partner))
    body = json.dumps(made, ensure_ascii=False, indent=1)
    return _file(HttpResponse(body, content_type="application/ld+json"), partner, "jsonld")


def _named(partner: Partner | None) -> register.Partner | None:
    return register.Partner(partner.name, grouped_enterprise_number(partner.enterprise_number)) if partner else None


def _file(response: HttpResponse, partner: Partner | None, ending: str) -> HttpResponse:
    name = f"register-{partner.slug}" if partner else "register"
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response
