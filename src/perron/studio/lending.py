"""Showing a draft to a colleague who has no account: making the address, taking it back, opening it."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import anyone, requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.errors import NotFound, Refused
from perron.core.language import NAMES
from perron.privacy.tenancy.scope import acting_for
from perron.publishing.lending.rules import borrowed, lend, take_back
from perron.publishing.models import Loan
from perron.studio.items import find
from perron.studio.previewing import choice, framed, preview_page

type View = Callable[..., HttpResponse]


@require_POST
@requires(WRITE)
def share(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Make an address, and show it: this once, since it is kept nowhere."""
    assert isinstance(request.user, Person)
    found = find(community, item)
    revision = found.edition if request.POST.get("which") == "this" else None
    try:
        _loan, secret = lend(found, by=request.user.actor, revision=revision)
    except Refused as refusal:
        return preview_page(request, community, found, status=refusal.status, refusal=refusal.message)
    address = request.build_absolute_uri(reverse("studio:borrowed", args=[secret]))
    return preview_page(request, community, found, address=address)


@require_POST
@requires(WRITE)
def unshare(request: HttpRequest, community: Community, item: UUID, loan: UUID) -> HttpResponse:
    """Take an address back."""
    assert isinstance(request.user, Person)
    found = find(community, item)
    row = Loan.objects.filter(item=found, pk=loan).first()
    if row is None:
        raise NotFound(_("There is no such address."))
    take_back(row, by=request.user.actor)
    messages.success(request, _("The address opens nothing any more."))
    return redirect("studio:preview", community.slug, found.pk)


def _unseen_by_robots(view: View) -> View:
    """Neither search engines nor the sites that the draft links to learn of the address."""

    @wraps(view)
    def answered(request: HttpRequest, **named: str) -> HttpResponse:
        response = view(request, **named)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return answered


@anyone
@_unseen_by_robots
def open_borrowed(request: HttpRequest, secret: str) -> HttpResponse:
    """Show a lent draft in frames, with what it is and until when."""
    loan, item, content = borrowed(secret)
    # Whoever has the address reads this draft as its community's staff does.
    with acting_for(item.community.partner_id):
        context = choice(request, item, content) | {
            "loan": loan,
            "item": item,
            "secret": secret,
        }
        return render(request, "studio/borrowed.html", context)


@anyone
@xframe_options_sameorigin
@_unseen_by_robots
def frame(request: HttpRequest, secret: str, language: str, channel: str) -> HttpResponse:
    """Show what is inside the frames of a lent draft."""
    loan, item, content = borrowed(secret)
    wanted = language if language in NAMES else item.community.languages[0]
    with acting_for(item.community.partner_id):
        return framed(request, item, content, wanted, channel, loan=loan)
