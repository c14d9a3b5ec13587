"""What every feed of a community is made from: who speaks, in which language, about what, and the stories."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urljoin
from uuid import UUID, uuid5

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.communities.models import Community, Platform, Topic
from perron.core.clock import now
from perron.core.identifiers import made_at
from perron.core.language import localised
from perron.publishing.addresses import community_path
from perron.publishing.facts import facts
from perron.publishing.models import Item, ItemQuerySet
from perron.publishing.presenting import Story, present
from perron.reader.finding import community_here, publisher_here
from perron.reader.selecting import newest_keys

# How many of the newest items a feed carries.
LENGTH = 50

_LINK = re.compile(r'(\b(?:href|src)=")([^"]*)')


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A community (or what it says of one topic) in one language, and where its addresses begin."""

    platform: Platform
    community: Community
    topic: Topic | None
    language: str
    origin: str
    # The address that was asked for.
    address: str

    @property
    def name(self) -> str:
        """The community's name, and the topic's."""
        name = self.community.name_in(self.language)
        return f"{name} – {localised(self.topic.names, self.language)}" if self.topic else name

    @property
    def description(self) -> str:
        """What the community says of itself, or a sentence with its name; that it is fictional, where it is."""
        said = localised(self.community.descriptions, self.language, self.community.languages)
        text = said or _("What %(name)s publishes.") % {"name": self.community.name_in(self.language)}
        return _("%(text)s This content is fictional.") % {"text": text} if self.community.fictional else text

    @property
    def page(self) -> str:
        """The address of the page for people."""
        return self.absolute(community_path(self.community.slug, self.language))

    @property
    def depends(self) -> list[str]:
        """The version keys that its feeds depend on."""
        return [versions.of_community(self.community), versions.of_platform(self.platform)]

    def uuid(self, part: str) -> UUID:
        """Return an identifier for one sort of feed (`part`), topic and language: it stays when hosts and names change.
        Nothing may follow the UUID in a URN (RFC 9562 §4), so that each has one of its own."""
        return uuid5(self.community.pk, f"{part}/{self.topic.slug if self.topic else ''}/{self.language}")

    def absolute(self, path: str) -> str:
        """Return `path` with scheme and host."""
        return urljoin(self.origin, path)

    def items(self) -> ItemQuerySet:
        """Return the public items about this, of whatever community, newest first."""
        items = Item.objects.released()
        return (items.filter(topics=self.topic) if self.topic else items).newest_first()

    def changed_at(self, stories: Iterable[Story]) -> datetime:
        """Return when the feed last changed; of an empty one, when the community was made."""
        return max((story.changed_at for story in stories), default=made_at(self.community.pk))

    def topics(self, story: Story) -> list[str]:
        """Return the names of what the story is about."""
        return [localised(topic.names, self.language) for topic in story.topics]

    def link(self, story: Story) -> str:
        """Return the address of the story's page."""
        return self.absolute(story.path)

    def html(self, story: Story) -> str:
        """Return all that a feed reader shows: pictures, the facts of the kind, the text; with absolute links."""
        html = render_to_string("reader/feeds/content.html", {"story": story, "facts": facts(story)})
        return _LINK.sub(lambda match: match[1] + urljoin(self.link(story), match[2]), html).strip()


def tune_in(request: HttpRequest, community: str, language: str = "", topic: str = "", /, **item: str) -> Channel:
    """Return the channel that an address names, of a community or of one `item` of it (`publisher_here`); raises
    `NotFound` or `Http404`. Without a language it is the community's first."""
    platform = platform_of(request)
    found = publisher_here(community, platform, **item) if item else community_here(community, platform)
    return Channel(
        platform=platform,
        community=found,
        topic=get_object_or_404(Topic, slug=topic) if topic else None,
        language=language or found.languages[0],
        origin=f"{request.scheme}://{request.get_host()}",
        address=request.build_absolute_uri(request.path),
    )


def newest(channel: Channel) -> list[Story]:
    """Return the newest stories of a channel, in a fixed number of queries."""
    keys = newest_keys(channel.items(), [channel.community], LENGTH)
    return [present(item, channel.language) for item in channel.items().filter(pk__in=keys).with_all()]


def true_until(stories: Iterable[Story]) -> datetime | None:
    """Return the next moment at which one of these is public no longer."""
    return min((story.expires_at for story in stories if story.expires_at and story.expires_at > now()), default=None)
