"""How often the pages of a partner's communities are opened."""

import csv
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from perron.audience import counting
from perron.audience.subscribing import takes_subscriptions
from perron.communities.access import holds, requires
from perron.communities.models import Community, Partner
from perron.communities.permissions import ENTER_DESK, READ_PARTNERS_REACH
from perron.core import spreadsheets
from perron.statistics.reading import Step, by_community, reach


@requires(READ_PARTNERS_REACH)
def shown(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Show openings by day or week, and by community."""
    communities, step = list(partner.communities.all()), _step(request)
    numbers = sorted(by_community(communities, step).items(), key=lambda entry: -entry[1])
    context = {
        "partner": partner,
        "at_desk": holds(request.user, ENTER_DESK),
        "reach": reach(communities, step),
        "numbers": numbers,
        "subscribers": _subscribers(communities),
    }
    return render(request, "desk/reach.html", context)


@requires(READ_PARTNERS_REACH)
def exported(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Answer with the same numbers as CSV."""
    communities, step = list(partner.communities.all()), _step(request)
    response = HttpResponse(spreadsheets.MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{partner.slug}-{step}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("What"), _("Which"), _("Openings")])
    writer.writerows([step, day.isoformat(), number] for day, number in reach(communities, step).steps)
    writer.writerows([_("Community"), one.slug, number] for one, number in by_community(communities, step).items())
    writer.writerows([_("Subscribers"), one.slug, number] for one, number in _subscribers(communities))
    return response


def _subscribers(communities: Sequence[Community]) -> list[tuple[Community, str]]:
    """Return how many subscribe to each community that one can subscribe to, in words."""
    found = counting.by_community([one for one in communities if takes_subscriptions(one)])
    return [(one, counting.said(number)) for one, number in found.items()]


def _step(request: HttpRequest) -> Step:
    return "week" if request.GET.get("by") == "week" else "day"
