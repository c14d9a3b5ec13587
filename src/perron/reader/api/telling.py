"""Stories and communities as the API's answers."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from perron.communities import communes
from perron.communities.models import Area, Community, Platform, Topic
from perron.core.clock import BRUSSELS
from perron.core.language import localised
from perron.publishing.addresses import image_path
from perron.publishing.models import AlertMessage
from perron.publishing.presenting import Photo, Story
from perron.reader.api import answering
from perron.reader.api.items import Told
from perron.reader.api.whereabouts import AtHome, Whereabouts


def item(told: Told, here: AtHome) -> answering.Item:
    """Return an item as it is answered."""
    story = told.story
    rest = f"{story.slug}/"
    order = story.community.languages
    return answering.Item(
        id=story.id,
        kind=story.kind,
        community=answering.Link(slug=story.community.slug, name=story.community.name_in(story.wanted)),
        language=story.language,
        languages=sorted(story.languages, key=lambda code: order.index(code) if code in order else len(order)),
        fallback=story.fell_back,
        title=story.title,
        summary=story.summary,
        markdown=story.body,
        html=story.html,
        published=story.published_at,
        changed=story.changed_at,
        corrections=[answering.Correction(at=at, text=text) for at, text in told.corrections],
        expires=story.expires_at,
        url=here.page(story.community, rest, story.wanted),
        urls={code: here.page(story.community, rest, code) for code in story.languages},
        topics=[answering.Link(slug=each.slug, name=localised(each.names, story.wanted)) for each in story.topics],
        areas=[_area(each, story.wanted, here) for each in story.areas],
        pictures=[_picture(each, here) for each in story.photos],
        files=[
            answering.File(
                url=here.absolute(each.address), title=each.title, media_type=each.media_type, size=each.size
            )
            for each in story.files
        ],
        details=_details(told, here),
        origin=answering.Origin(name=story.origin.name, url=story.origin.url, licence=story.origin.licence)
        if story.origin
        else None,
    )


def community(found: Community, language: str | None, here: Whereabouts) -> answering.Community:
    """Return a community, fetched with its platforms, as it is answered."""
    spoken = language or found.languages[0]
    commune = communes.by_nis(found.commune_nis)
    feeds = {
        "rss": "feed.rss",
        "atom": "feed.atom",
        "json_feed": "feed.json",
        "calendar": "agenda.ics",
        "alerts": "alerts.cap",
    }
    return answering.Community(
        id=found.pk,
        slug=found.slug,
        kind=found.kind,
        name=found.name_in(spoken),
        names=found.names,
        description=localised(found.descriptions, spoken, found.languages),
        language=spoken,
        languages=found.languages,
        fictional=found.fictional,
        url=here.page(found, "", spoken),
        address=answering.Address(
            street=found.street,
            postal_code=found.postal_code,
            locality=found.locality,
            commune=answering.Commune(nis=commune.nis, name=commune.name_in(spoken)) if commune else None,
            latitude=found.latitude,
            longitude=found.longitude,
        ),
        phone=found.phone,
        email=found.email,
        website=found.website,
        opening_hours=found.opening_hours,
        platforms=sorted(platform.slug for platform in found.platforms.all()),
        feeds=answering.Feeds(**{name: here.page(found, file, spoken) for name, file in feeds.items()}),
    )


def platform(found: Platform, communities: list[str], here: Whereabouts) -> answering.Platform:
    """Return a platform with the slugs of its communities as it is answered."""
    return answering.Platform(
        slug=found.slug,
        name=found.name,
        url=f"{here.root(found)}/",
        colour=found.colour,
        logo=f"{here.root(found)}/app/icon-512.png" if found.logo else None,
        languages=found.languages,
        communities=communities,
    )


def topic(found: Topic, language: str) -> answering.Topic:
    """Return a topic as it is answered."""
    return answering.Topic(slug=found.slug, name=localised(found.names, language), names=found.names)


def feature(area: Area, here: Whereabouts) -> dict[str, Any]:
    """Return an area as a GeoJSON Feature (RFC 7946); its geometry is null where it is made of whole communes."""
    return {
        "type": "Feature",
        "id": str(area.pk),
        "geometry": area.polygon,
        "properties": {
            "slug": area.slug,
            "names": area.names,
            "community": area.community.slug,
            "communes": area.communes_nis,
            "url": here.page(area.community, "", area.community.languages[0]),
        },
    }


def _area(area: Area, language: str, here: AtHome) -> answering.AreaLink:
    return answering.AreaLink(
        id=area.pk,
        name=localised(area.names, language),
        communes=[str(nis) for nis in area.communes_nis],
        geojson=f"{here.origin}/api/v1/areas/{area.pk}" if area.polygon else None,
    )


def _picture(photo: Photo, here: AtHome) -> answering.Picture:
    return answering.Picture(
        alternative=photo.alternative,
        credit=photo.credit,
        width=photo.width,
        height=photo.height,
        tone=photo.tone,
        sources=[
            answering.Source(
                url=here.absolute(image_path(photo.id, width)),
                width=width,
                height=round(photo.height * width / photo.width),
                media_type="image/webp",
            )
            for width in photo.widths
        ],
    )


def _details(told: Told, here: AtHome) -> Any:
    by_kind = {"event": _event, "alert": _alert, "works": _works, "document": _document}
    write = by_kind.get(told.story.kind)
    return write(told, told.story.details, here) if write and told.story.details else None


def _event(told: Told, details: Any, _here: AtHome) -> answering.Event:
    zone = ZoneInfo(details.time_zone)
    return answering.Event(
        starts=details.starts_at.astimezone(zone),
        ends=details.ends_at.astimezone(zone),
        all_day=details.all_day,
        time_zone=details.time_zone,
        recurrence=details.recurrence,
        except_dates=[_local(stamp) for stamp in details.except_dates.split()],
        extra_dates=[_local(stamp) for stamp in details.extra_dates.split()],
        moved=details.moved,
        next=[
            answering.Span(starts=each.starts_at.astimezone(zone), ends=each.ends_at.astimezone(zone))
            for each in told.times
        ],
        place=details.place,
        address=details.address,
        latitude=details.latitude,
        longitude=details.longitude,
        price=details.price,
        registration_url=details.registration_url,
    )


def _alert(told: Told, details: Any, here: AtHome) -> answering.Alert:
    story = told.story
    return answering.Alert(
        status=details.status,
        exercise=story.is_exercise,
        live=story.is_live(),
        category=details.category,
        urgency=details.urgency,
        severity=details.severity,
        certainty=details.certainty,
        effective=details.effective_at.astimezone(BRUSSELS),
        expires=details.ends_at.astimezone(BRUSSELS),
        instruction=story.instruction,
        messages=[_message(each, story, here) for each in told.messages],
    )


def _message(message: AlertMessage, story: Story, here: AtHome) -> answering.Message:
    return answering.Message(
        identifier=message.identifier,
        type=message.type,
        sent=message.sent_at.astimezone(BRUSSELS),
        url=f"{here.root_of(story.community)}/{story.community.slug}/alerts/{message.identifier}.cap",
    )


def _works(told: Told, details: Any, _here: AtHome) -> answering.Works:
    return answering.Works(
        place=details.place,
        starts_on=details.starts_on,
        ends_on=details.ends_on,
        detour=told.story.detour,
        affected=told.story.affected,
        latitude=details.latitude,
        longitude=details.longitude,
    )


def _document(_told: Told, details: Any, _here: AtHome) -> answering.Document:
    return answering.Document(type=details.type, reference=details.reference, deadline=details.deadline)


def _local(stamp: str) -> str:
    return datetime.fromisoformat(stamp).isoformat()
