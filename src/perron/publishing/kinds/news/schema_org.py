from typing import Any

from perron.core.markdown import plain
from perron.core.text import shorten
from perron.publishing.presenting import Story

# Where search engines cut a headline.
_HEADLINE = 110


def describe(story: Story) -> dict[str, Any]:
    """Return a story as a schema.org NewsArticle."""
    return {
        "@type": "NewsArticle",
        "headline": shorten(story.title, _HEADLINE),
        "articleBody": plain(story.html),
    }
