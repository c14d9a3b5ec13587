"""Items and communities in the words of schema.org, for search engines and assistants: JSON-LD."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from perron.communities.hosting import address_of, home
from perron.communities.models import Community
from perron.communities.opening_hours import DAYS
from perron.core.language import localised
from perron.publishing.addresses import absolute, image_path
from perron.publishing.kinds.alert import schema_org as alert
from perron.publishing.kinds.document import schema_org as document
from perron.publishing.kinds.event import schema_org as event
from perron.publishing.kinds.news import schema_org as news
from perron.publishing.kinds.works import schema_org as works
from perron.publishing.presenting import Story

_BY_KIND: dict[str, Callable[[Story], dict[str, Any]]] = {
    "news": news.describe,
    "event": event.describe,
    "alert": alert.describe,
    "works": works.describe,
    "document": document.describe,
}
_TYPES = {
    Community.Kind.COMMUNE: "GovernmentOrganization",
    Community.Kind.PUBLIC_SERVICE: "GovernmentOffice",
    Community.Kind.SCHOOL: "School",
    Community.Kind.ASSOCIATION: "Organization",
    Community.Kind.SHOP: "Store",
}
# Those that are places themselves (subtypes of LocalBusiness); the others have one.
_PLACES = {"GovernmentOffice", "Store"}
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def of_story(story: Story, corrections: Sequence[tuple[datetime, str]] = ()) -> dict[str, Any]:
    """Return a story as JSON-LD, with what was said of its `corrections`; {} where there is nothing that a machine
    should take for real."""
    described = _BY_KIND[story.kind](story)
    if not described:
        return {}
    publisher = _name(story.community, story.language)
    page = f"{_page(story.community, story.language)}{story.slug}/"
    common: dict[str, Any] = {
        "@context": "https://schema.org",
        "@id": f"urn:uuid:{story.id}",
        "url": page,
        "mainEntityOfPage": page,
        "description": story.summary,
        "inLanguage": story.language,
        "datePublished": story.published_at.isoformat(),
        "dateModified": story.changed_at.isoformat(),
        "image": [absolute(image_path(photo.id, max(photo.widths))) for photo in story.photos],
        "keywords": [localised(topic.names, story.language) for topic in story.topics],
        "license": story.origin.licence if story.origin else "",
        "isBasedOn": story.origin.url if story.origin else "",
        "associatedMedia": [
            {
                "@type": "MediaObject",
                "name": file.title,
                "contentUrl": absolute(file.address),
                "encodingFormat": file.media_type,
            }
            for file in story.files
        ],
        "correction": [
            {"@type": "CorrectionComment", "text": words, "datePublished": at.isoformat()} for at, words in corrections
        ],
        **({"organizer": publisher} if story.kind == "event" else {"publisher": publisher, "author": publisher}),
    }
    if story.kind == "event":
        # Properties of creative works, which an event is not.
        for name in ("datePublished", "dateModified", "license", "isBasedOn", "associatedMedia", "correction"):
            del common[name]
    return _without_blanks(common | described)


def of_community(community: Community, language: str) -> dict[str, Any]:
    """Return a community as JSON-LD: who it is, where, when it is open."""
    kind = _TYPES[Community.Kind(community.kind)]
    place: dict[str, Any] = {
        "address": {
            "@type": "PostalAddress",
            "streetAddress": community.street,
            "postalCode": community.postal_code,
            "addressLocality": community.locality,
            "addressCountry": "BE",
        }
        if community.street or community.locality
        else None,
        "geo": {"@type": "GeoCoordinates", "latitude": community.latitude, "longitude": community.longitude}
        if None not in (community.latitude, community.longitude)
        else None,
        "openingHoursSpecification": _hours(community.opening_hours),
        "specialOpeningHoursSpecification": _exceptions(community.opening_hours),
    }
    where = _without_blanks(place)
    if kind not in _PLACES and where:
        where = {"location": {"@type": "Place", "name": community.name_in(language), **where}}
    return _without_blanks(
        {
            "@context": "https://schema.org",
            **_name(community, language),
            "@type": kind,
            "description": localised(community.descriptions, language, community.languages),
            "telephone": community.phone,
            "email": community.email,
            "sameAs": community.website,
            **where,
        }
    )


def _name(community: Community, language: str) -> dict[str, Any]:
    return {
        "@type": _TYPES[Community.Kind(community.kind)],
        "@id": f"urn:uuid:{community.pk}",
        "name": community.name_in(language),
        "url": _page(community, language),
    }


def _page(community: Community, language: str) -> str:
    platform = home(community)
    return f"{address_of(platform) if platform else absolute('')}/{language}/{community.slug}/"


def _hours(hours: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"@type": "OpeningHoursSpecification", "dayOfWeek": f"https://schema.org/{name}", "opens": opens,
         "closes": _closing(closes)}
        for day, name in zip(DAYS, _WEEK, strict=True)
        for opens, closes in hours.get("week", {}).get(day, [])
    ]  # fmt: skip


def _exceptions(hours: dict[str, Any]) -> list[dict[str, Any]]:
    """A closed day opens and closes at midnight, as schema.org has it."""
    return [
        {"@type": "OpeningHoursSpecification", "validFrom": day, "validThrough": day, "opens": opens,
         "closes": _closing(closes)}
        for day, spans in sorted(hours.get("exceptions", {}).items())
        for opens, closes in spans or [("00:00", "00:00")]
    ]  # fmt: skip


def _closing(time: str) -> str:
    return "23:59" if time == "24:00" else time


def _without_blanks(described: dict[str, Any]) -> dict[str, Any]:
    """Return it without what is not known, in every depth."""
    cleaned = {name: _cleaned(value) for name, value in described.items()}
    return {name: value for name, value in cleaned.items() if value not in (None, "", [], {})}


def _cleaned(value: Any) -> Any:
    if isinstance(value, dict):
        return _without_blanks(value)
    return [_cleaned(each) for each in value] if isinstance(value, list) else value
