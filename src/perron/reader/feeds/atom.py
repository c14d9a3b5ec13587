"""Atom, RFC 4287."""

from datetime import datetime
from typing import Any

from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.html import escape
from lxml import etree

from perron.core.text import for_xml
from perron.publishing.presenting import Story
from perron.reader.feeds.channel import Channel
from perron.reader.feeds.rss import rights

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


class Feed(Atom1Feed):
    """Adds the whole text, further links, and what is in another language than the feed."""

    def latest_post_date(self) -> Any:
        """Return when the feed changed: never the present moment, which would make each answer a new one."""
        return self.feed["changed_at"]

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Say the entry's language where it is not that of the feed."""
        return {"xml:lang": item["language"]} if item["language"] != self.feed["language"] else {}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """Add the whole text and further links."""
        super().add_item_elements(handler, item)
        if item.get("html"):
            handler.addQuickElement("content", item["html"], {"type": "html"})
        for relation, media_type, address in item["links"]:
            kind = {"type": media_type} if media_type else {}
            handler.addQuickElement("link", "", {"rel": relation, **kind, "href": address})


def begin(channel: Channel, changed_at: datetime, *, part: str = "feed") -> Feed:
    """Return the feed without entries; `part` tells a community's feeds apart."""
    return Feed(
        for_xml(channel.name),
        channel.page,
        None,
        subtitle=for_xml(channel.description),
        language=channel.language,
        author_name=for_xml(channel.community.name_in(channel.language)),
        author_link=channel.page,
        feed_url=channel.address,
        # Each language is a feed of its own (RFC 4287 §4.2.6).
        feed_guid=f"urn:uuid:{channel.uuid(part)}",
        changed_at=changed_at,
    )


def write(channel: Channel, stories: list[Story]) -> str:
    """Return the feed as XML."""
    feed = begin(channel, channel.changed_at(stories))
    for story in stories:
        feed.add_item(
            for_xml(story.headline),
            channel.link(story),
            for_xml(escape(story.summary)) or None,  # type: ignore[arg-type]
            author_name=for_xml(story.community.name_in(story.language)),
            pubdate=story.published_at,
            updateddate=story.changed_at,
            unique_id=f"urn:uuid:{story.id}",
            categories=[for_xml(name) for name in channel.topics(story)],
            enclosures=[
                Enclosure(channel.absolute(file.address), str(file.size), file.media_type) for file in story.files
            ],
            item_copyright=for_xml(rights(story)) or None,
            html=for_xml(channel.html(story)),
            language=story.language,
            links=[("via", "", for_xml(story.origin.url))] if story.origin and story.origin.url else [],
        )
    return feed.writeString("utf-8")
