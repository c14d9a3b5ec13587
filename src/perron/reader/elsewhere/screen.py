"""The display in the town hall: one thing at a time, read from afar, and nothing to press."""

from dataclasses import dataclass

import segno
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from perron.communities import versions
from perron.communities.hosting import address_of, home, platform_of
from perron.core.clock import today as this_day
from perron.reader import framing
from perron.reader.cards import Card, made, true_until
from perron.reader.elsewhere.leading import leading_to
from perron.reader.finding import community_here
from perron.reader.merging import shown_once
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import feed, next_alert

# A round takes about three minutes: whoever waits at a counter sees it once.
MOST_SLIDES = 14

bare = leading_to("screen/")


@dataclass(frozen=True)
class Slide:
    """A card, and the code that opens its page on a telephone."""

    card: Card
    code: SafeString


@at_the_edge()
def screen(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show what a community's feed shows, alerts and today's events first; a script turns the pages."""
    platform = platform_of(request)
    found = community_here(community, platform)
    cards = sorted(shown_once(made(feed([found], newest=MOST_SLIDES), language)), key=_rank)[:MOST_SLIDES]
    at = address_of(home(found) or platform)
    response = framing.page(
        request,
        "reader/elsewhere/screen.html",
        platform=platform,
        fictional=found.fictional,
        community=found,
        indexed=False,
        context={
            "community": found,
            "name": found.name_in(language),
            "day": this_day(),
            "slides": [
                Slide(card, code(f"{at}/{language}/{card.story.community.slug}/{card.story.slug}/")) for card in cards
            ],
            "own_code": code(f"{at}/{language}/{found.slug}/"),
        },
    )
    keys = [versions.of_platform(platform), versions.of_community(found)]
    return public(response, on=keys, until=min([true_until(cards), *filter(None, [next_alert(found)])]))


def code(address: str) -> SafeString:
    """Return a QR code (ISO/IEC 18004) of an address as an SVG element, without a size of its own."""
    drawn = segno.make(address, error="m", micro=False).svg_inline(
        omitsize=True, border=2, svgclass="code", lineclass=""
    )
    return mark_safe(drawn)  # noqa: S308 a library drew it from an address


def _rank(card: Card) -> tuple[int, float]:
    """Alerts in force, then today's events by their hour, then the rest, latest first."""
    if card.story.is_live():
        return (0, -card.story.published_at.timestamp())
    if card.is_today and card.next:
        return (1, card.next[0].timestamp())
    return (2, -card.story.published_at.timestamp())
