from typing import Any

from perron.core.language import localised
from perron.core.markdown import plain
from perron.publishing.presenting import Story


def describe(story: Story) -> dict[str, Any]:
    """Return an alert as a schema.org SpecialAnnouncement; nothing of an exercise, which no machine should take
    for real."""
    if story.is_exercise:
        return {}
    alert = story.details
    return {
        "@type": "SpecialAnnouncement",
        "name": story.title,
        "text": " ".join(filter(None, (story.summary, plain(story.html), story.instruction))) or story.title,
        "category": alert.category,
        "datePosted": story.published_at.isoformat(),
        "expires": alert.ends_at.isoformat(),
        "spatialCoverage": [
            {"@type": "AdministrativeArea", "name": localised(area.names, story.language)} for area in story.areas
        ]
        or {"@type": "AdministrativeArea", "name": story.community.name_in(story.language)},
    }
