"""Short addresses: without a language they lead to the community's first."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from perron.communities.access import anyone
from perron.communities.hosting import platform_of
from perron.publishing.addresses import community_path
from perron.reader.finding import community_here
from perron.reader.public import View
from perron.reader.sharing import for_programs


def leading_to(rest: str) -> View:
    """Return a view that leads to `rest` of a community in its first language, with what was asked beside."""

    @anyone
    @for_programs
    def bare(request: HttpRequest, community: str) -> HttpResponse:
        found = community_here(community, platform_of(request))
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return HttpResponseRedirect(community_path(found.slug, found.languages[0], rest) + query)

    return bare
