"""The processing terms between the operator and a partner, ready to be signed (GDPR art. 28(3))."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override

from perron.communities.access import is_operator, partners_administrator
from perron.communities.models import Partner
from perron.core.clock import today
from perron.desk.languages import language_of, offered
from perron.desk.partners import grouped
from perron.privacy.policy.agreements import particulars
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for


@partners_administrator
def terms(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Show the clauses of art. 28(3)(a) to (h) with this partner's particulars, to read, print and sign."""
    language = language_of(request)
    of = policy()
    words = words_for(of, language)
    context = {
        "partner": partner,
        "partner_number": grouped(partner.enterprise_number),
        "processor": of.operator,
        "address": words.address(of.operator),
        "version": of.version,
        "annexes": particulars(of, words),
        "undertaking": words.statement("undertaking") if of.does("D") else "",
        "day": today(),
        "operator": is_operator(request.user),
        "languages": offered(request),
        "language": language,
    }
    with override(language):
        return render(request, "desk/terms.html", context)
