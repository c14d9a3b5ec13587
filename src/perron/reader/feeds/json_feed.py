"""JSON Feed 1.1 (jsonfeed.org/version/1.1)."""

import json
from typing import Any

from perron.publishing.presenting import Story
from perron.reader.feeds.channel import Channel

MEDIA_TYPE = "application/feed+json; charset=utf-8"


def write(channel: Channel, stories: list[Story]) -> str:
    """Return the feed as JSON."""
    author = {"name": channel.community.name_in(channel.language), "url": channel.page}
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.name,
        "home_page_url": channel.page,
        "feed_url": channel.address,
        "description": channel.description,
        "language": channel.language,
        "authors": [author],
        "items": [_item(channel, story) for story in stories],
    }
    return json.dumps(feed, ensure_ascii=False)


def _item(channel: Channel, story: Story) -> dict[str, Any]:
    html = channel.html(story)
    item: dict[str, Any] = {
        "id": f"urn:uuid:{story.id}",
        "url": channel.link(story),
        "title": story.headline,
        # One of the two contents is required, even where there is nothing but a title.
        **({"content_html": html} if html else {"content_text": story.summary or story.title}),
        "date_published": story.published_at.isoformat(),
        "date_modified": story.changed_at.isoformat(),
        "language": story.language,
        "tags": channel.topics(story),
        "attachments": [
            {
                "url": channel.absolute(file.address),
                "mime_type": file.media_type,
                "title": file.title,
                "size_in_bytes": file.size,
            }
            for file in story.files
        ],
    }
    if story.summary:
        item["summary"] = story.summary
    if story.photos:
        item["image"] = channel.absolute(story.photos[0].source)
    if story.origin:
        item |= {"external_url": story.origin.url} if story.origin.url else {}
        item["_origin"] = {"name": story.origin.name, "licence": story.origin.licence}
    return item
