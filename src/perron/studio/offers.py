"""What others offer to a community: look at it, accept or decline it, or answer a sender once and for all."""

from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.hosting import address_of, home
from perron.communities.models import Community
from perron.communities.permissions import SHARE
from perron.core.errors import Refused
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Placement, Stance
from perron.publishing.presenting import present
from perron.publishing.sharing import answering, placing
from perron.publishing.sharing.tables import REASON_LENGTH

_MOST = 50


@requires(SHARE)
def offers(request: HttpRequest, community: Community) -> HttpResponse:
    """List what waits and what is shown of others; administrators choose what a sender's offers are answered."""
    senders = list(_senders(community))
    if request.method == "POST":
        assert isinstance(request.user, Person)
        sender = get_object_or_404(Community, slug=request.POST.get("sender", ""))
        answering.settle(community, sender, request.POST.get("answer", ""), by=request.user.actor)
        messages.success(request, _("What %(sender)s offers is answered that way from now on.") % {"sender": sender})
        return redirect("studio:offers", community.slug)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "waiting": answering.waiting(community)[:_MOST],
        "taken": answering.taken(community)[:_MOST],
        "senders": [(sender, answering.stance(community, sender)) for sender in senders],
        "answers": Stance.Answer.choices,
    }
    return render(request, "studio/offers.html", context)


@requires(SHARE)
def offer(request: HttpRequest, community: Community, placement: UUID) -> HttpResponse:
    """Show what is offered, whole, and take the answer."""
    found = answering.find(community, placement)
    refusal = ""
    if request.method == "POST":
        try:
            return _answered(request, found)
        except Refused as refused:
            refusal = refused.message
    item = Item.objects.with_all().get(pk=found.item_id)
    story = present(item, get_language() or community.languages[0])
    sender, platform = item.community, home(item.community)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "placement": found,
        "story": story,
        "kind": KINDS[item.kind],
        "sender": sender,
        "public": f"{address_of(platform)}/{story.wanted}/{sender.slug}/{item.slug}/" if platform else "",
        "reason": request.POST.get("reason", "")[:REASON_LENGTH],
        "most": REASON_LENGTH,
        "refusal": refusal,
    }
    return render(request, "studio/offer.html", context, status=422 if refusal else 200)


def _answered(request: HttpRequest, placement: Placement) -> HttpResponse:
    assert isinstance(request.user, Person)
    by, community, item = request.user.actor, placement.community, placement.item
    if request.POST.get("verdict") == "accept":
        answering.accept(placement, by=by)
        messages.success(request, _("“%(title)s” is in your pages.") % {"title": item})
    else:
        answering.decline(placement, request.POST.get("reason", ""), by=by)
        messages.success(request, _("“%(title)s” is declined.") % {"title": item})
    return redirect("studio:home", community.slug)


def _senders(community: Community) -> list[Community]:
    """Return the upper tiers that offer something here, or are on one of the community's platforms."""
    kinds = Community.objects.filter(kind=Community.Kind.PUBLIC_SERVICE).exclude(pk=community.pk)
    offered = Placement.objects.filter(community=community).values("item__community")
    near = Q(pk__in=offered) | Q(platforms__in=community.platforms.all())
    found = list(kinds.filter(near).distinct().order_by("slug")[:_MOST])
    return [sender for sender in found if placing.receivers(sender).filter(pk=community.pk).exists()]
