"""Both texts of an item that was corrected here and changed at its source, and the choice between them."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.errors import PerronError
from perron.publishing import drafting
from perron.publishing.sources.choosing import keep_ours, offered, take_over
from perron.studio.asking import edition_of
from perron.studio.comparing import differences
from perron.studio.items import find


@requires(WRITE)
def choose(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show what differs, and do what was chosen."""
    found = find(community, item)
    refusal, status = "", 200
    if request.method == "POST":
        assert isinstance(request.user, Person)
        try:
            if request.POST.get("choice") == "theirs":
                take_over(found, by=request.user.actor, expected=edition_of(request))
                messages.success(
                    request, _("The source's text is in the form now. Residents see it when it is released.")
                )
            else:
                keep_ours(found, by=request.user.actor)
                messages.success(request, _("Your text stays. The source's is not offered again until it changes."))
            return redirect("studio:edit", community.slug, found.pk)
        except PerronError as error:
            refusal, status = error.message, error.status
            found.refresh_from_db()
    theirs = offered(found)
    if theirs is None and not refusal:
        return redirect("studio:edit", community.slug, found.pk)
    ours = drafting.newest(found)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "item": found,
        "refusal": refusal,
        "differences": differences(ours, theirs, community=community, kind=found.kind) if theirs else [],
    }
    return render(request, "studio/offered.html", context, status=status)
