"""What became of an item's messages: a part of its page, which asks for it again while they are being sent."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from perron.communities.access import requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.delivery import ledger
from perron.publishing.models import Item
from perron.studio.items import find


@requires(WRITE)
def sent(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Answer the part alone."""
    found = find(community, item)
    return render(request, "studio/sent.html", {"community": community, "item": found, **ledger_of(found)})


def ledger_of(item: Item) -> dict[str, Any]:
    """Return what the template of the part needs."""
    lines = ledger.for_editors(item)
    return {"sent": lines, "sent_is_live": not all(line.is_over for line in lines)}
