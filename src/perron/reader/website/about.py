"""The operator's home: who runs this installation, what its platforms offer, and which there are."""

from django.http import HttpRequest, HttpResponse

from perron.communities import versions
from perron.communities.hosting import address_of, platform_of
from perron.communities.models import Platform
from perron.outreach.newsletter.joining import takes_readers
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.reader import framing
from perron.reader.public import at_the_edge, public
from perron.reader.website.truth import next_change


@at_the_edge()
def about(request: HttpRequest, language: str) -> HttpResponse:
    """Show the operator and its platforms."""
    platform = platform_of(request)
    platforms = list(Platform.objects.select_related("partner").order_by("-is_front", "name"))
    context = {
        "operator": policy().operator,
        "contact": policy().does("B"),
        "newsletter": platform.is_front and takes_readers(),
        "offer": words_for(policy(), language).statement("offer"),
        "platforms": [(one, f"{address_of(one)}/{language}/") for one in platforms],
    }
    response = framing.page(request, "reader/website/about.html", platform=platform, fictional=False, context=context)
    return public(response, on=map(versions.of_platform, platforms), until=next_change())
