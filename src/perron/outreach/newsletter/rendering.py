"""A campaign as its readers get it, as a page and as text: below it, why they get it, on what it rests, how it ends.

Nothing in it is fetched from anywhere and no link leads through us: nobody is told whether it was opened or clicked.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from perron.communities.hosting import address_of
from perron.communities.models import Platform
from perron.core import markdown
from perron.core.language import LANGUAGES, localised, spoken
from perron.core.text import clean_text
from perron.outreach.newsletter.audience import by_consent
from perron.outreach.newsletter.tables import Campaign
from perron.privacy.policy.current import policy
from perron.privacy.policy.labels import citation
from perron.privacy.policy.values import Basis

_LINK = re.compile(r"\[([^\]]+)\]\(<?([^)\s>]+)>?(?:\s[^)]*)?\)")


@dataclass(frozen=True)
class Rendered:
    """What one language's readers get. `spoken` is the language of the words where it is not theirs."""

    heading: str
    text: str
    html: str
    language: str
    spoken: str


def render(campaign: Campaign, basis: Basis, language: str, *, own_place: str) -> Rendered:
    """Return a campaign for who reads `language`: in it, or in the first that it is written in.

    `own_place` is the address of the reader's own page, where the news ends.
    """
    of = spoken(campaign.texts, language, campaign.languages)
    heading, words = localised(campaign.headings, of), campaign.texts.get(of, "")
    with translation.override(language):
        context = {
            "heading": heading,
            "page": _headings_below_the_title(markdown.render(words)),
            "words": _LINK.sub(r"\1 (\2)", words),
            "language": language,
            "spoken": of,
            "why": why(basis),
            "operator": policy().operator,
            "policy": f"{site()}/{language}/privacy/",
            "own_place": own_place,
        }
        text = render_to_string("outreach/campaign.txt", context)
        html = render_to_string("outreach/campaign.html", context)
    return Rendered(heading, clean_text(text) + "\n", html, language, of)


def why(basis: Basis) -> str:
    """Return, in the language at hand, why somebody gets it, and what that rests on (GDPR arts 13, 14, 21(4))."""
    said = {"citation": citation(basis.citation), "operator": policy().operator.name}
    if by_consent(basis):
        return (
            _("You get this because you asked for the news of %(operator)s: it rests on your consent (%(citation)s).")
            % said
        )
    return _(
        "You get this because you use the services of %(operator)s or are its contact at a client: it rests on its "
        "legitimate interest in telling what they can do (%(citation)s). You may refuse at any time, without a reason."
    ) % said  # fmt: skip


def site() -> str:
    """Return the address of the operator's own site, without a slash at its end."""
    front = Platform.objects.filter(is_front=True).first()
    return address_of(front) if front else settings.PERRON_ORIGIN


def own_pages(language: str) -> str:
    """Return how the address of each reader's own page begins; their key follows."""
    return f"{site()}/{language if language in LANGUAGES else LANGUAGES[0]}/newsletter/"


def _headings_below_the_title(html: str) -> str:
    """In a mail, nothing stands between the title and the headings of its text (WCAG 2.2, 1.3.1)."""
    return re.sub(r"<(/?)h([34])>", lambda found: f"<{found[1]}h{int(found[2]) - 1}>", html)
