"""The studio's first screens: which community, what is going on there, and everything it has."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from perron.accounts.models import Person
from perron.communities.access import communities_of, holds, partners_of, powers, requires, signed_in
from perron.communities.access_reviews.rules import open_review
from perron.communities.contracting.standing import standings as agreed_with
from perron.communities.models import AccessReview, Community, Partner
from perron.communities.permissions import ENTER_DESK, MANAGE_MEMBERS, MANAGE_PARTNER, RELEASE, WRITE
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Release, Template
from perron.publishing.working import undoing
from perron.publishing.working.reviewing import waiting_for
from perron.statistics.reading import openings
from perron.studio.advising import dead_links
from perron.studio.items import PAGE, STATES, chosen, live_alerts, rows
from perron.studio.sources import standings, troubled

_FEW = 6
_MOST_COMMUNITIES = 200


@signed_in
def front(request: HttpRequest) -> HttpResponse:
    """Lead to the only community or to the desk, let choose among several, or say that there is none."""
    assert isinstance(request.user, Person)
    communities = list(communities_of(request.user).order_by("slug")[:_MOST_COMMUNITIES])
    partners = [(one, powers(request.user, one), _review_of(request.user, one)) for one in partners_of(request.user)]
    if not communities and not partners and holds(request.user, ENTER_DESK):
        return redirect("desk:home")
    if len(communities) == 1 and not partners:
        return redirect("studio:home", communities[0].slug)
    has_contracts = policy().does(Activity.CONTRACTS)
    for partner, _may, _review in partners:
        partner.stands = agreed_with(partner)  # type: ignore[attr-defined]
    context = {"communities": communities, "partners": partners, "has_contracts": has_contracts}
    return render(request, "studio/front.html", context)


@requires(WRITE)
def home(request: HttpRequest, community: Community) -> HttpResponse:
    """Show the alert button, then what is live, waiting and unfinished."""
    assert isinstance(request.user, Person)
    drafts = chosen(community, state="draft")
    may = powers(request.user, community)
    sources = standings(community) if may[RELEASE.name] else []
    context = {
        "community": community,
        "powers": may,
        **_just_released(request, community),
        "review": open_review(community) if may[MANAGE_MEMBERS.name] else None,
        "to_read": rows(waiting_for(request.user, community)[:_FEW]) if community.second_reader else [],
        "sources": sources,
        "troubled": troubled(sources)[:_FEW],
        "alerts": live_alerts(community)[:_FEW],
        "kinds": KINDS.values(),
        "templates": Template.objects.filter(community=community).exists(),
        "scheduled": rows(chosen(community, state="scheduled").order_by("release_at")[:_FEW]),
        "own": rows(drafts.filter(created_by=request.user)[:_FEW]),
        "drafts": rows(drafts.exclude(created_by=request.user)[:_FEW]),
        "released": rows(chosen(community, state="live").order_by("-published_at", "-id")[:_FEW]),
        "empty": not Item.objects.filter(community=community).exists(),
        "openings": openings(community),
        "dead_links": dead_links(community),
        "several": communities_of(request.user)[:2].count() > 1,
    }
    return render(request, "studio/home.html", context)


@requires(WRITE)
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


def _review_of(person: Person, partner: Partner) -> AccessReview | None:
    return open_review(partner) if holds(person, MANAGE_PARTNER, partner) else None


def _just_released(request: HttpRequest, community: Community) -> dict[str, Any]:
    """What was released a moment ago and can be undone; of an alert, that it cannot."""
    key = _key(request.GET.get("released", ""))
    release = Release.objects.filter(community=community, pk=key).select_related("item").first() if key else None
    if release is None:
        return {}
    is_alert = release.item.kind == "alert" and release.item.state == Item.State.RELEASED
    seconds = int(undoing.PROMISED.total_seconds())
    return {"undoable": release if undoing.can_be_undone(release) else None, "sent": release.item if is_alert else None,
            "seconds": seconds}  # fmt: skip


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
