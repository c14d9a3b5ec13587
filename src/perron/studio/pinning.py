"""Keeping an item first on the community's page."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import requires
from perron.communities.models import Community
from perron.communities.permissions import RELEASE
from perron.core.clock import end_of_day
from perron.core.errors import Refused
from perron.privacy.acting import Actor
from perron.publishing import drafting
from perron.publishing.models import Item
from perron.publishing.working import pinning
from perron.studio.items import find
from perron.studio.showing import editor


@require_POST
@requires(RELEASE)
def pin(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Pin it until the end of a day."""

    def pinned(found: Item, by: Actor) -> str:
        try:
            until = end_of_day(date.fromisoformat(request.POST.get("day", "")))
        except (ValueError, OverflowError) as error:
            raise Refused(_("Write the day as 2026-12-24.")) from error
        pinning.pin(found, until, by=by)
        return _("“%(title)s” stays first on the community’s page.") % {"title": found}

    return _do(request, community, item, pinned)


@require_POST
@requires(RELEASE)
def unpin(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Let it take its place among the others."""

    def unpinned(found: Item, by: Actor) -> str:
        pinning.unpin(found, by=by)
        return _("“%(title)s” is among the others again.") % {"title": found}

    return _do(request, community, item, unpinned)


def _do(request: HttpRequest, community: Community, item: UUID, deed: Callable[[Item, Actor], str]) -> HttpResponse:
    found = find(community, item)
    assert isinstance(request.user, Person)
    try:
        messages.success(request, deed(found, request.user.actor))
    except Refused as refused:
        return editor(request, community, found.kind, drafting.newest(found), item=found, refusal=refused.message,
                      status=refused.status)  # fmt: skip
    return redirect("studio:edit", community.slug, found.pk)
