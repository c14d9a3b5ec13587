"""What a community can take elsewhere: its own website, the display in its hall, the paper on its door."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from perron.communities.access import powers, requires
from perron.communities.hosting import address_of, home
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.language import NAMES


@requires(WRITE)
def elsewhere(request: HttpRequest, community: Community) -> HttpResponse:
    """Show the lines to copy into a website, and the addresses of the display and the poster, per language."""
    platform = home(community)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "at": address_of(platform) if platform else "",
        "languages": [(language, NAMES[language]) for language in community.languages],
    }
    return render(request, "studio/elsewhere.html", context)
