"""An item's page: everything it has, and where it leads."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.hosting import address_of, home, platform_of
from perron.communities.models import Community, Platform
from perron.core.clock import next_midnight, now
from perron.core.errors import NotFound
from perron.core.language import NAMES, localised
from perron.publishing.addresses import absolute, community_path, item_path
from perron.publishing.corrections import corrections_of
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.publishing.presenting import Story, present
from perron.publishing.sharing.placing import showing
from perron.reader import framing
from perron.reader.cards import works_times
from perron.reader.feeds import agenda
from perron.reader.feeds.channel import tune_in
from perron.reader.finding import item_here, publisher_here
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import Span, next_times


@at_the_edge()
def item(request: HttpRequest, language: str, community: str, item: str) -> HttpResponse:
    """Show one item. Withdrawn and expired items are gone (410): their time is over, and the page says so."""
    platform = platform_of(request)
    found = publisher_here(community, platform, slug=item)
    row = item_here(found, item)
    story = present(row, language)
    times = next_times(row) or works_times(row)
    response = framing.page(
        request,
        "reader/item.html",
        platform=platform,
        fictional=found.fictional,
        community=found,
        languages=story.languages,
        canonical_language=story.language,
        counts_as=f"item:{row.pk}",
        context={
            "story": story,
            "community": found,
            "name": story.community_name,
            "kind": KINDS[story.kind],
            "its_page": _page_of(found, platform, language),
        }
        | _times(story, times)
        | _links(story)
        | _corrected(row, story.language),
    )
    # A community that shows it decides whether it is read on its platform.
    keys = [versions.of_platform(platform), *map(versions.of_community, [found.pk, *showing([row])])]
    return public(response, on=keys, until=_true_until(story, times))


@at_the_edge()
def calendar(request: HttpRequest, language: str, community: str, item: str) -> HttpResponse:
    """Answer with one event as a calendar file, with all its dates."""
    channel = tune_in(request, community, language, slug=item)
    row = item_here(channel.community, item)
    if row.kind != "event":
        raise NotFound(_("There is nothing at this address."))
    response = HttpResponse(agenda.write(channel, [present(row, language)]), content_type=agenda.MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{row.slug}.ics"'
    response["X-Robots-Tag"] = "noindex"
    keys = [*channel.depends, *map(versions.of_community, showing([row]))]
    return public(response, on=keys, until=row.expires_at)


def _page_of(community: Community, platform: Platform, language: str) -> str:
    """Return the address of the community's page: here, or, where only an item of it is shown, where it is at home."""
    path = community_path(community.slug, language)
    if platform.is_front or platform in community.platforms.all():
        return path
    at = home(community)
    return f"{address_of(at)}/{language}/{community.slug}/" if at else absolute(f"/{language}/{community.slug}/")


def _times(story: Story, times: tuple[Span, ...]) -> dict[str, Any]:
    ends_at = getattr(story.details, "ends_at", None)
    return {
        "times": times,
        "more_times": len(times) - 1,
        "is_over": not times and ends_at is not None and ends_at <= now(),
    }


def _links(story: Story) -> dict[str, Any]:
    language = story.wanted
    return {
        "area_names": [localised(area.names, language) for area in story.areas],
        "topic_names": [(topic.slug, localised(topic.names, language)) for topic in story.topics],
        "other_languages": [
            (code, NAMES[code], item_path(story.community.slug, story.slug, code))
            for code in story.languages
            if code not in {language, story.language}
        ],
        "registration_host": urlsplit(getattr(story.details, "registration_url", "")).hostname,
        "calendar": f"{story.path.removesuffix('/')}.ics" if story.kind == "event" else "",
    } | ({"share_picture": absolute(story.photos[0].source)} if story.photos else {})


def _corrected(row: Item, language: str) -> dict[str, Any]:
    """What residents were told of corrections, and the last one, which is not the same as the last change: an
    import may be released late."""
    corrections = corrections_of([row]).get(row.pk, [])
    order = row.community.languages
    told = [(one.at, localised(one.words, language, order)) for one in corrections if one.words]
    return {"corrected_at": corrections[-1].at if corrections else None, "corrections": told}


def _true_until(story: Story, times: tuple[Span, ...]) -> datetime:
    """Return when the page changes by itself: an expiry, an alert's begin or end, the end of an event's next time."""
    moment = now()
    edges = [story.expires_at, getattr(story.details, "effective_at", None), getattr(story.details, "ends_at", None)]
    edges += [times[0][1] + timedelta(microseconds=1)] if times else []
    return min([next_midnight(moment), *(edge for edge in edges if edge and edge > moment)])
