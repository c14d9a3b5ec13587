"""How often a community's pages are opened, and how many subscribe: a picture, tables, and the same as a file."""

import csv
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.audience import counting
from perron.audience.subscribing import takes_subscriptions
from perron.communities.access import requires
from perron.communities.models import Community, Topic
from perron.communities.permissions import WRITE
from perron.core import spreadsheets
from perron.core.language import localised
from perron.statistics.reading import Page, Step, reach
from perron.studio.items import titles_of

_FEW = 50


@requires(WRITE)
def shown(request: HttpRequest, community: Community) -> HttpResponse:
    """Show openings by day or week, and by page."""
    found = reach([community], _step(request))
    context = {
        "community": community,
        "reach": found,
        "pages": _titled(found.pages[:_FEW]),
        "more": max(len(found.pages) - _FEW, 0),
        "subscribers": _subscribers(community),
    }
    return render(request, "studio/reach.html", context)


@requires(WRITE)
def exported(request: HttpRequest, community: Community) -> HttpResponse:
    """Answer with the same numbers as CSV: what, its first day or its page, openings."""
    found = reach([community], _step(request))
    response = HttpResponse(spreadsheets.MARK, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{community.slug}-{found.step}.csv"'
    writer = csv.writer(response)
    writer.writerow([_("What"), _("Which"), _("Openings")])
    writer.writerows([found.step, day.isoformat(), number] for day, number in found.steps)
    writer.writerows([_("page"), spreadsheets.as_text(title), number] for title, number, _id in _titled(found.pages))
    rows = _subscribers(community)
    writer.writerows([_("Subscribers"), spreadsheets.as_text(name), number] for name, number in rows)
    return response


def _subscribers(community: Community) -> list[tuple[str, str]]:
    """Return how many subscribe, in words: in all, by each channel, and how many are told of each topic."""
    if not takes_subscriptions(community):
        return []
    topics, language = list(Topic.objects.all()), get_language() or community.languages[0]
    found = counting.subscribers(community, topics)
    rows = [(_("In all"), found.total), *((str(by.label), number) for by, number in found.channels.items())]
    rows += [(localised(topic.names, language), found.topics[topic.slug]) for topic in topics]
    return [(name, counting.said(number)) for name, number in rows]


def _step(request: HttpRequest) -> Step:
    return "week" if request.GET.get("by") == "week" else "day"


def _titled(pages: tuple[Page, ...]) -> list[tuple[str, int, UUID | None]]:
    """Return title, openings and the item's identifier, if it is one."""
    identifiers = {page.name: UUID(page.name.removeprefix("item:")) for page in pages if page.name.startswith("item:")}
    titles = titles_of(identifiers.values())
    named = {"community": _("The community’s page"), "agenda": _("Its agenda"), "map": _("Its map")}
    return [
        (titles[identifiers[page.name]] or page.name, page.number, identifiers[page.name])
        if page.name in identifiers
        else (named.get(page.name.partition(":")[0], page.name), page.number, None)
        for page in pages
    ]
