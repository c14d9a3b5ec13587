"""What it will look like wherever it is seen, before anybody else sees it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from perron.communities.access import powers, requires
from perron.communities.models import Community, Platform
from perron.communities.permissions import WRITE
from perron.core import markdown
from perron.core.clock import now
from perron.core.language import NAMES, localised
from perron.core.text import clean_text
from perron.publishing import drafting
from perron.publishing.checking import BODY_LENGTH
from perron.publishing.content import Content
from perron.publishing.kinds.event.occurring import occurrences
from perron.publishing.kinds.registry import KINDS
from perron.publishing.lending.rules import loans
from perron.publishing.models import EventDetails, Item, Loan
from perron.publishing.presenting import Story, present_draft
from perron.studio.channels import CHANNELS, Channel, needed, shapes_of
from perron.studio.items import find

_FRAMED = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF], "script-src": [CSP.NONE]}
# A mail brings its style along, and fetches nothing.
_FRAMED_MAIL: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
}

_COLOUR = Platform._meta.get_field("colour").default


@requires(WRITE)
def preview(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show the newest revision where it will be seen, in frames of that shape."""
    return preview_page(request, community, find(community, item))


def preview_page(
    request: HttpRequest, community: Community, item: Item, *, status: int = 200, **more: Any
) -> HttpResponse:
    """Return the page with the frames; `address` among `more` is one that was just made for a colleague."""
    context = choice(request, item, drafting.newest(item)) | {
        "community": community,
        "powers": powers(request.user, community),
        "item": item,
        "kind": KINDS[item.kind],
        "loans": loans(item),
        **more,
    }
    return render(request, "studio/preview.html", context, status=status)


def choice(request: HttpRequest, item: Item, content: Content) -> dict[str, Any]:
    """Return which language and channel the address asks for, and which there are."""
    written = [language for language, words in content.texts.items() if words.title]
    language = request.GET.get("language", "")
    channel = _channel(request.GET.get("channel", ""))
    return {
        "languages": [(code, NAMES[code]) for code in item.community.languages],
        "language": language if language in NAMES else (written or item.community.languages)[0],
        "channels": [each for each in CHANNELS.values() if not each.part],
        "channel": channel,
        "shapes": shapes_of(channel),
    }


def _channel(slug: str) -> Channel:
    found = CHANNELS.get(slug, CHANNELS["page"])
    return CHANNELS[found.part] if found.part else found


@xframe_options_sameorigin
@requires(WRITE)
def previewed(
    request: HttpRequest, community: Community, item: UUID, language: str, channel: str = "page"
) -> HttpResponse:
    """Show what is inside a frame: the item as it will be seen in `language`."""
    found = find(community, item)
    wanted = language if language in NAMES else community.languages[0]
    return framed(request, found, drafting.newest(found), wanted, channel)


def framed(  # noqa: PLR0917 what is seen, how, and by whom
    request: HttpRequest, item: Item, content: Content, language: str, channel: str, loan: Loan | None = None
) -> HttpResponse:
    """Return a content as `channel` shows it; to a borrower it says what it is."""
    place = CHANNELS.get(channel)
    if place is None:
        raise Http404
    shown = csp_override(_FRAMED_MAIL if channel == "mail" else _FRAMED)(_framed)
    return shown(request, item, content, language, place, loan)


def _framed(  # noqa: PLR0917 what is seen, how, and by whom
    request: HttpRequest, item: Item, content: Content, language: str, place: Channel, loan: Loan | None
) -> HttpResponse:
    with translation.override(language):
        story = present_draft(item, content, language)
        if story:
            context = _page(story, content)
            more = needed(place, item, story, context["times"])
            return render(request, place.template, context | more | {"loan": loan})
    return render(request, "studio/unwritten.html")


@require_POST
@requires(WRITE)
def rendered(request: HttpRequest, community: Community) -> HttpResponse:  # noqa: ARG001 the decorator checks it
    """Answer with the HTML of the Markdown in `body`, as the public page will have it."""
    return HttpResponse(markdown.render(clean_text(request.POST.get("body", "")[:BODY_LENGTH])))


def _page(story: Story, content: Content) -> dict[str, Any]:
    """What the residents' template of an item needs."""
    platform = story.community.platforms.order_by("slug").first()
    told = localised(content.correction, story.language, story.community.languages)
    times = occurrences(story.details, since=now()) if isinstance(story.details, EventDetails) else []
    root = get_script_prefix()
    return {
        "story": story,
        "kind": KINDS[story.kind],
        "community": story.community,
        "name": story.community_name,
        "fictional": story.community.fictional,
        "platform": platform or {"name": story.community_name, "colour": _COLOUR},
        "language": story.wanted,
        "root": root,
        "home": f"{root}{story.wanted}/",
        "corrections": [(now(), told)] if told else [],
        "its_page": f"{root}{story.wanted}/{story.community.slug}/",
        "times": times,
        "more_times": len(times) - 1,
        "area_names": [localised(area.names, story.wanted) for area in story.areas],
        "topic_names": [(topic.slug, localised(topic.names, story.wanted)) for topic in story.topics],
    }
