from typing import Any

from perron.core.markdown import plain
from perron.publishing.presenting import Story


def describe(story: Story) -> dict[str, Any]:
    """Return a document as a schema.org DigitalDocument; it expires after the last day to react."""
    document = story.details
    return {
        "@type": "DigitalDocument",
        "name": story.title,
        "additionalType": document.type,
        "identifier": document.reference,
        "text": plain(story.html),
        "expires": str(document.deadline) if document.deadline else None,
    }
