"""What it will look like: on a phone and on a desktop, before anybody else sees it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils import translation
from django.utils.csp import CSP
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from perron.communities.access import Role, member
from perron.communities.models import Community, Platform
from perron.core import markdown
from perron.core.clock import now
from perron.core.language import NAMES, localised
from perron.core.text import clean_text
from perron.publishing import drafting
from perron.publishing.checking import BODY_LENGTH
from perron.publishing.kinds.event.occurring import occurrences
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import EventDetails
from perron.publishing.presenting import Story, present_draft
from perron.studio.items import find, powers

_FRAMED_BY_THE_STUDIO = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF], "script-src": [CSP.NONE]}

_COLOUR = Platform._meta.get_field("colour").default


@member(Role.AUTHOR)
def preview(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show the newest revision in frames as wide as a phone and a desktop."""
    found = find(community, item)
    content = drafting.newest(found)
    written = [language for language, words in content.texts.items() if words.title]
    language = request.GET.get("language", "")
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "item": found,
        "kind": KINDS[found.kind],
        "languages": [(code, NAMES[code]) for code in community.languages],
        "language": language if language in NAMES else (written or community.languages)[0],
        "written": written,
    }
    return render(request, "studio/preview.html", context)


@xframe_options_sameorigin
@csp_override(_FRAMED_BY_THE_STUDIO)
@member(Role.AUTHOR)
def previewed(request: HttpRequest, community: Community, item: UUID, language: str) -> HttpResponse:
    """Show the page itself, as residents will read it in `language`."""
    found = find(community, item)
    with translation.override(language if language in NAMES else community.languages[0]):
        story = present_draft(found, drafting.newest(found), translation.get_language())
        if story:
            return render(request, "studio/previewed.html", _page(story))
    return render(request, "studio/unwritten.html")


@require_POST
@member(Role.AUTHOR)
def rendered(request: HttpRequest, community: Community) -> HttpResponse:  # noqa: ARG001 the decorator checks it
    """Answer with the HTML of the Markdown in `body`, as the public page will have it."""
    return HttpResponse(markdown.render(clean_text(request.POST.get("body", "")[:BODY_LENGTH])))


def _page(story: Story) -> dict[str, Any]:
    """What the residents' template of an item needs."""
    platform = story.community.platforms.order_by("slug").first()
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
        "times": times,
        "more_times": len(times) - 1,
        "area_names": [localised(area.names, story.wanted) for area in story.areas],
        "topic_names": [(topic.slug, localised(topic.names, story.wanted)) for topic in story.topics],
    }
