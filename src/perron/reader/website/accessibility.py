"""The accessibility statement, by the model of Implementing Decision (EU) 2018/1523."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.privacy.declaring import Words
from perron.privacy.policy.current import policy
from perron.reader import framing
from perron.reader.public import at_the_edge, public
from perron.reader.website.truth import next_change

# The day on which the statement was last checked against what the tests find.
REVIEWED = date(2026, 11, 24)


@dataclass(frozen=True)
class Ombudsman:
    """Who hears somebody whom the operator's answer does not satisfy, for one part of Belgium."""

    place: Words
    name: Words
    website: str


OMBUDSMEN = (
    Ombudsman(_("Wallonia and the French Community"), "Médiateur de la Wallonie et de la Fédération Wallonie-Bruxelles",
              "https://www.le-mediateur.be"),
    Ombudsman(_("Flanders"), "Vlaamse Ombudsdienst", "https://www.vlaamseombudsdienst.be"),
    Ombudsman(_("Brussels"), "Ombuds Bruxelles / Ombuds Brussel", "https://www.ombuds.brussels"),
    Ombudsman(_("The German-speaking Community"), "Ombudsperson der Deutschsprachigen Gemeinschaft",
              "https://www.dg-ombudsdienst.be"),
)  # fmt: skip


@at_the_edge()
def accessibility(request: HttpRequest, language: str) -> HttpResponse:  # noqa: ARG001 the middleware reads it
    """Say how accessible the pages are, what is not, whom to tell and who decides."""
    platform = platform_of(request)
    context = {"operator": policy().operator, "reviewed": REVIEWED, "ombudsmen": OMBUDSMEN}
    response = framing.page(
        request, "reader/website/accessibility.html", platform=platform, fictional=False, context=context
    )
    return public(response, on=[versions.of_platform(platform)], until=next_change())
