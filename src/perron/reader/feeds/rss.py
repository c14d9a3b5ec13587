"""RSS 2.0, by the RSS Advisory Board's specification and best practices profile."""

from typing import Any

from django.core.files.storage import default_storage
from django.utils.feedgenerator import Enclosure, Rss201rev2Feed
from django.utils.html import escape

from perron.core.text import for_xml
from perron.publishing.presenting import Story
from perron.reader.feeds.channel import Channel

MEDIA_TYPE = "application/rss+xml; charset=utf-8"


class _Rss(Rss201rev2Feed):
    """Adds the whole text, the language of an item that has another one, and its rights."""

    def rss_attributes(self) -> dict[str, str]:
        return super().rss_attributes() | {
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        }

    def latest_post_date(self) -> Any:
        return self.feed["changed_at"]

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])
        handler.addQuickElement("dc:language", item["language"])
        if item["rights"]:
            handler.addQuickElement("dc:rights", item["rights"])
        if source := item["source"]:
            handler.addQuickElement("source", source[1], {"url": source[0]})


def write(channel: Channel, stories: list[Story]) -> str:
    """Return the feed as XML."""
    feed = _Rss(
        for_xml(channel.name),
        channel.page,
        for_xml(channel.description),
        language=channel.language,
        feed_url=channel.address,
        ttl=15,
        changed_at=channel.changed_at(stories),
    )
    for story in stories:
        feed.add_item(
            for_xml(story.headline),
            channel.link(story),
            for_xml(escape(story.summary)) or None,  # type: ignore[arg-type]
            author_name=for_xml(story.community.name_in(story.language)),
            pubdate=story.published_at,
            unique_id=f"urn:uuid:{story.id}",
            unique_id_is_permalink=False,
            categories=[for_xml(name) for name in channel.topics(story)],
            enclosures=_enclosures(channel, story),
            html=for_xml(channel.html(story)),
            language=story.language,
            rights=for_xml(rights(story)),
            source=_source(story),
        )
    return feed.writeString("utf-8")


def rights(story: Story) -> str:
    """Return whose content it is and under which licence, or ""."""
    return ", ".join(filter(None, (story.origin.name, story.origin.licence))) if story.origin else ""


def _enclosures(channel: Channel, story: Story) -> list[Enclosure]:
    """RSS allows one: the first file, else the first picture."""
    if story.files:
        file = story.files[0]
        return [Enclosure(channel.absolute(file.address), str(file.size), file.media_type)]
    if story.photos:
        photo = story.photos[0]
        return [Enclosure(channel.absolute(photo.source), str(_size(photo.source)), "image/webp")]
    return []


def _size(address: str) -> int:
    try:
        return default_storage.size(address.removeprefix("/media/"))
    except (OSError, NotImplementedError):
        return 0


def _source(story: Story) -> tuple[str, str] | None:
    """The feed that it came from (`source` of RSS 2.0), where that has an address."""
    if story.origin and story.origin.source.startswith(("http://", "https://")):
        return for_xml(story.origin.source), for_xml(story.origin.name or story.origin.source)
    return None
