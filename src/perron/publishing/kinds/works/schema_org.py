from typing import Any

from perron.publishing.kinds.news import schema_org as news
from perron.publishing.presenting import Story


def describe(story: Story) -> dict[str, Any]:
    """Return works as a schema.org NewsArticle about a place and a time (ISO 8601 interval): it has no roadworks."""
    works = story.details
    place: dict[str, Any] = {"@type": "Place", "name": works.place}
    if works.latitude is not None and works.longitude is not None:
        place["geo"] = {"@type": "GeoCoordinates", "latitude": works.latitude, "longitude": works.longitude}
    return news.describe(story) | {
        "temporalCoverage": f"{works.starts_on}/{works.ends_on}",
        "contentLocation": place,
    }
