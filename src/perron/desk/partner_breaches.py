"""Breaches that concern what is processed for a partner: it reads of them here, and confirms that it knows."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from perron.communities.access import holders, holds, requires
from perron.communities.models import Partner
from perron.communities.permissions import ANSWER_FOR_PARTNER, ENTER_DESK
from perron.desk.asking import actor
from perron.privacy.breaches import informing
from perron.privacy.breaches.tables import BreachParty


@requires(ANSWER_FOR_PARTNER)
def index(request: HttpRequest, partner: Partner) -> HttpResponse:
    """List the breaches that the partner was told of."""
    told = BreachParty.objects.filter(tenant_id=partner.pk, told_at__isnull=False)
    parties = told.select_related("breach").order_by("-told_at")
    return render(request, "desk/partner_breaches.html", _context(request, partner) | {"parties": parties})


@requires(ANSWER_FOR_PARTNER)
def one(request: HttpRequest, partner: Partner, reference: str) -> HttpResponse:
    """Show one, and take the confirmation."""
    told = BreachParty.objects.filter(tenant_id=partner.pk, told_at__isnull=False)
    party = told.filter(breach__reference=reference).select_related("breach").first()
    if party is None:
        raise Http404
    if request.method == "POST":
        informing.acknowledge(party, by=actor(request))
        messages.success(request, _("Done."))
        return redirect(request.path)
    own = request.user in holders(ANSWER_FOR_PARTNER, partner)
    context = _context(request, partner) | {"party": party, "found": party.breach, "own": own}
    return render(request, "desk/partner_breach.html", context)


def _context(request: HttpRequest, partner: Partner) -> dict[str, object]:
    return {"partner": partner, "at_desk": holds(request.user, ENTER_DESK)}
