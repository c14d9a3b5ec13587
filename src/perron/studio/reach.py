"""How often a community's pages are opened: a picture, the table beside it, and the same as a file."""

import csv
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from perron.communities.access import Role, member
from perron.communities.models import Community
from perron.publishing.models import Item
from perron.statistics.reading import Page, Step, reach

_FEW = 50


@member(Role.AUTHOR)
def shown(request: HttpRequest, community: Community) -> HttpResponse:
    """Show openings by day or week, and by page."""
    found = reach([community], _step(request))
    context = {
        "community": community,
        "reach": found,
        "pages": _titled(found.pages[:_FEW]),
        "more": max(len(found.pages) - _FEW, 0),
    }
    return render(request, "studio/reach.html", context)


@member(Role.AUTHOR)
def exported(request: HttpRequest, community: Community) -> HttpResponse:
    """Answer with the same numbers as CSV: what, its first day or its page, openings."""
    found = reach([community], _step(request))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{community.slug}-{found.step}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("What"), _("Which"), _("Openings")])
    writer.writerows([found.step, day.isoformat(), number] for day, number in found.steps)
    writer.writerows([_("page"), _harmless(title), number] for title, number, _id in _titled(found.pages))
    return response


def _step(request: HttpRequest) -> Step:
    return "week" if request.GET.get("by") == "week" else "day"


def _titled(pages: tuple[Page, ...]) -> list[tuple[str, int, UUID | None]]:
    """Return title, openings and the item's identifier, if it is one."""
    identifiers = {page.name: UUID(page.name.removeprefix("item:")) for page in pages if page.name.startswith("item:")}
    titles = dict(Item.objects.filter(pk__in=identifiers.values()).values_list("pk", "working_title"))
    named = {"community": _("The community’s page"), "agenda": _("Its agenda")}
    return [
        (titles.get(identifiers[page.name], page.name), page.number, identifiers[page.name])
        if page.name in identifiers
        else (named.get(page.name.partition(":")[0], page.name), page.number, None)
        for page in pages
    ]


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a title for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t")) else cell
