"""What the operator has agreed with others: the essence of the joint arrangement, and its processors."""

from django.http import HttpRequest, HttpResponse

from perron.communities import versions
from perron.communities.agreements import Kind, in_force, needed
from perron.communities.hosting import platform_of
from perron.privacy.policy.agreements import joint_activities, processors
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.reader import framing
from perron.reader.public import at_the_edge, public
from perron.reader.website.truth import next_change


@at_the_edge()
def arrangement(request: HttpRequest, language: str) -> HttpResponse:
    """Show the essence of the arrangement between joint controllers (GDPR art. 26(2))."""
    of = policy()
    words = words_for(of, language)
    partner = platform_of(request).partner
    wanted = Kind.ARRANGEMENT in needed() and not partner.is_operator
    context: dict[str, object] = {
        "operator": of.operator,
        # With whom, and since when; None where the platform needs none.
        "partner": partner if wanted else None,
        "binding": in_force(partner, Kind.ARRANGEMENT) if wanted else None,
        "activities": joint_activities(of, words),
        "contact": words.statement("contact"),
        "rights": words.statement("rights"),
    }
    return _framed(request, "reader/website/arrangement.html", context)


@at_the_edge()
def who_processes(request: HttpRequest, language: str) -> HttpResponse:
    """Show the operator's processors, and where what lies (GDPR arts 28(2), 30(1)(d), (e))."""
    of = policy()
    words = words_for(of, language)
    context = {"operator": of.operator, "parts": processors(of, words), "location": words.statement("location")}
    return _framed(request, "reader/website/processors.html", context)


def _framed(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    platform = platform_of(request)
    response = framing.page(request, template, platform=platform, fictional=False, context=context)
    return public(response, on=[versions.of_platform(platform)], until=next_change())
