"""The studio's first screens: which community, what is going on there, and everything it has."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from perron.accounts.models import Person
from perron.communities.access import Role, communities_of, member, partners_administered, signed_in
from perron.communities.models import Community
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.studio.items import PAGE, STATES, chosen, live_alerts, powers, rows

_FEW = 6
_MOST_COMMUNITIES = 200


@signed_in
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the only community, let choose among several, or say that there is none."""
    assert isinstance(request.user, Person)
    communities = list(communities_of(request.user).order_by("slug")[:_MOST_COMMUNITIES])
    partners = partners_administered(request.user)
    if len(communities) == 1 and not partners:
        return redirect("studio:home", communities[0].slug)
    return render(request, "studio/front.html", {"communities": communities, "partners": partners})


@member(Role.AUTHOR)
def home(request: HttpRequest, community: Community) -> HttpResponse:
    """Show the alert button, then what is live, waiting and unfinished."""
    assert isinstance(request.user, Person)
    drafts = chosen(community, state="draft")
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "alerts": live_alerts(community)[:_FEW],
        "kinds": KINDS.values(),
        "scheduled": rows(chosen(community, state="scheduled").order_by("release_at")[:_FEW]),
        "own": rows(drafts.filter(created_by=request.user)[:_FEW]),
        "drafts": rows(drafts.exclude(created_by=request.user)[:_FEW]),
        "released": rows(chosen(community, state="live").order_by("-published_at", "-id")[:_FEW]),
        "empty": not Item.objects.filter(community=community).exists(),
        "several": communities_of(request.user)[:2].count() > 1,
    }
    return render(request, "studio/home.html", context)


@member(Role.AUTHOR)
def listing(request: HttpRequest, community: Community) -> HttpResponse:
    """List items by kind, state and words of the title, a page at a time."""
    kind = request.GET.get("kind", "")
    state = request.GET.get("state", "")
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    kind, state = (kind if kind in KINDS else ""), (state if state in STATES else "")
    items = chosen(community, kind=kind, state=state, words=words)
    after = _key(request.GET.get("after", ""))
    found = list((items.filter(pk__lt=after) if after else items)[: PAGE + 1])
    query = request.GET.copy()
    query["after"] = str(found[PAGE - 1].pk) if len(found) > PAGE else ""
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "kinds": KINDS.values(),
        "states": STATES.items(),
        "kind": kind,
        "state": state,
        "words": words,
        "rows": rows(found[:PAGE]),
        "older": query.urlencode() if query["after"] else "",
        "first": not after,
        "filtered": bool(kind or state or words),
    }
    return render(request, "studio/listing.html", context)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
