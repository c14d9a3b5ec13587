"""A community's page: who it is, how to reach it, and what it has published, by kind and topic."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from perron.audience.devices import takes_devices
from perron.audience.subscribing import takes_subscriptions
from perron.communities import versions
from perron.communities.access import anyone
from perron.communities.applying.receiving import takes_applications
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.core.clock import next_midnight, now
from perron.core.errors import NotFound
from perron.core.language import localised, spoken
from perron.publishing.addresses import community_path
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.publishing.working.pinning import MOST
from perron.reader import framing
from perron.reader.cards import made, true_until
from perron.reader.finding import community_here, topics
from perron.reader.merging import shown_once
from perron.reader.opening import opening
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import Selected, live_alerts, newest, next_alert

ON_A_PAGE = 20
MOST_PAGES = 100


@at_the_edge("kind", "topic", "page")
def community(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show a community; `kind`, `topic` and `page` choose among its items, latest first."""
    platform = platform_of(request)
    found = community_here(community, platform)
    kind, topic, number = _asked(request)
    rows, has_more = _items(found, kind, topic, number)
    alerts = made(live_alerts(found), language) if not kind and number == 1 else []
    shown = {card.story.id for card in alerts}
    cards = shown_once(made([row for row in rows if row.item.pk not in shown], language))
    hours = opening(found.opening_hours)
    response = framing.page(
        request,
        "reader/community.html",
        platform=platform,
        fictional=found.fictional,
        community=found,
        indexed=number == 1,
        counts_as=f"community:{found.pk}",
        context={
            "community": found,
            "name": found.name_in(language),
            "description": localised(found.descriptions, language, found.languages),
            "description_language": spoken(found.descriptions, language, found.languages),
            "opening": hours,
            "midnight": next_midnight(),
            "takes_applications": takes_applications(found),
            "takes_subscriptions": takes_subscriptions(found),
            "takes_devices": takes_devices(found),
            "alerts": alerts,
            "cards": cards,
            "number": number,
            "newer": _address(kind, topic, number - 1) if number > 1 else "",
            "older": _address(kind, topic, number + 1) if has_more else "",
            "filtered": bool(kind or topic),
        }
        | _filters(language, kind, topic),
    )
    keys = [versions.of_platform(platform), versions.of_community(found)]
    moments: list[datetime] = [true_until([*alerts, *cards])]
    if hours and hours.changes_at:
        moments.append(hours.changes_at)
    if begins := next_alert(found):
        moments.append(begins)
    return public(response, on=keys, until=min(moments))


@anyone
def bare_community(request: HttpRequest, community: str) -> HttpResponse:
    """Lead to the community's page in its first language."""
    found = community_here(community, platform_of(request))
    return HttpResponseRedirect(community_path(found.slug, found.languages[0]))


def _asked(request: HttpRequest) -> tuple[str, str, int]:
    kind, topic, page = (request.GET.get(name, "") for name in ("kind", "topic", "page"))
    known = kind in {"", *KINDS} and (not topic or topic in {one.slug for one in topics()})
    if not known or not (page or "1").isascii() or not (page or "1").isdigit() or not 1 <= int(page or 1) <= MOST_PAGES:
        raise NotFound(_("There is nothing at this address."))
    return kind, topic, int(page or 1)


def _items(found: Community, kind: str, topic: str, number: int) -> tuple[list[Selected], bool]:
    items = Item.objects.released(now())
    # What is pinned comes first where nothing is chosen, and not again further down.
    pinned = [] if kind or topic else newest(Item.objects.pinned().filter(community=found), found, MOST)
    if pinned:
        items = items.exclude(pk__in=[row.item.pk for row in pinned])
    if kind:
        items = items.filter(kind=kind)
    if topic:
        items = items.filter(topics__slug=topic)
    rows = newest(items, found, ON_A_PAGE + 1, skip=(number - 1) * ON_A_PAGE)
    if not rows and number > 1:
        raise NotFound(_("There is nothing at this address."))
    return [*(pinned if number == 1 else ()), *rows[:ON_A_PAGE]], len(rows) > ON_A_PAGE and number < MOST_PAGES


def _filters(language: str, kind: str, topic: str) -> dict[str, Any]:
    by_kind = [("", _("All"), _address("", topic, 1))]
    by_kind += [(slug, str(one.plural), _address(slug, topic, 1)) for slug, one in KINDS.items()]
    by_topic = [("", _("All topics"), _address(kind, "", 1))]
    by_topic += [(one.slug, localised(one.names, language), _address(kind, one.slug, 1)) for one in topics()]
    return {"kind": kind, "topic": topic, "by_kind": by_kind, "by_topic": by_topic}


def _address(kind: str, topic: str, number: int) -> str:
    asked = {"kind": kind, "topic": topic, "page": str(number) if number > 1 else ""}
    return "?" + urlencode({name: value for name, value in asked.items() if value})
