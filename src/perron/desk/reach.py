"""How often the pages of a partner's communities are opened."""

import csv

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from perron.communities.access import operator
from perron.communities.models import Partner
from perron.statistics.reading import Step, by_community, reach


@operator
def shown(request: HttpRequest, partner: str) -> HttpResponse:
    """Show openings by day or week, and by community."""
    found = get_object_or_404(Partner, slug=partner)
    communities, step = list(found.communities.all()), _step(request)
    numbers = sorted(by_community(communities, step).items(), key=lambda entry: -entry[1])
    return render(request, "desk/reach.html", {"partner": found, "reach": reach(communities, step), "numbers": numbers})


@operator
def exported(request: HttpRequest, partner: str) -> HttpResponse:
    """Answer with the same numbers as CSV."""
    found = get_object_or_404(Partner, slug=partner)
    communities, step = list(found.communities.all()), _step(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.slug}-{step}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("What"), _("Which"), _("Openings")])
    writer.writerows([step, day.isoformat(), number] for day, number in reach(communities, step).steps)
    writer.writerows([_("Community"), one.slug, number] for one, number in by_community(communities, step).items())
    return response


def _step(request: HttpRequest) -> Step:
    return "week" if request.GET.get("by") == "week" else "day"
