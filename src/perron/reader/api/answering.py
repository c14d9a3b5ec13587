"""What the API answers with. Addresses are absolute, moments RFC 3339, texts in the language that is named."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field


class Link(Schema):
    """Something named, with its key for filters."""

    slug: str
    name: str


class Platform(Schema):
    """An app: its address, colours, languages and the communities it shows."""

    slug: str
    name: str
    url: str
    colour: str = Field(pattern="^#[0-9a-f]{6}$")
    logo: str | None
    languages: list[str]
    communities: list[str] = Field(description="Slugs, in the platform's order.")


class Platforms(Schema):
    """All platforms."""

    items: list[Platform]
    next: str | None


class Commune(Schema):
    """A Belgian commune."""

    nis: str
    name: str


class Address(Schema):
    """Where a community is; the point in WGS 84 degrees."""

    street: str
    postal_code: str
    locality: str
    commune: Commune | None
    latitude: float | None
    longitude: float | None


class Feeds(Schema):
    """The community for other programs, in the language of this answer."""

    rss: str
    atom: str
    json_feed: str
    calendar: str
    alerts: str


class Community(Schema):
    """A source that publishes."""

    id: UUID
    slug: str
    kind: str
    name: str
    names: dict[str, str]
    description: str
    language: str = Field(description="The language of this answer.")
    languages: list[str] = Field(description="Those it publishes in, the first one first.")
    fictional: bool = Field(description="Demonstration content.")
    url: str
    address: Address
    phone: str
    email: str
    website: str
    opening_hours: dict[str, Any] = Field(description="`week`: from and to by day; `exceptions` by date.")
    platforms: list[str]
    feeds: Feeds


class Communities(Schema):
    """A page of communities."""

    items: list[Community]
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")


class Topic(Schema):
    """What an item can be about."""

    slug: str
    name: str
    names: dict[str, str]


class Topics(Schema):
    """All topics."""

    items: list[Topic]
    next: str | None


class AreaLink(Schema):
    """Where an item matters: whole communes, or a drawn outline to be fetched as GeoJSON."""

    id: UUID
    name: str
    communes: list[str] = Field(description="NIS codes.")
    geojson: str | None


class Source(Schema):
    """A picture in one width."""

    url: str
    width: int
    height: int
    media_type: str


class Picture(Schema):
    """A picture: every width there is, and the words for those who cannot see it."""

    alternative: str
    credit: str
    width: int
    height: int
    tone: str = Field(description="The mean colour, to show while it loads.")
    sources: list[Source]


class File(Schema):
    """An attached file; `size` in bytes."""

    url: str
    title: str
    media_type: str
    size: int


class Span(Schema):
    """From when to when."""

    starts: datetime
    ends: datetime


class Event(Schema):
    """When and where; recurrence as RFC 5545 writes it, in local times of the event's zone."""

    starts: datetime
    ends: datetime
    all_day: bool
    time_zone: str
    recurrence: str
    except_dates: list[str]
    extra_dates: list[str]
    moved: list[dict[str, str]]
    next: list[Span] = Field(description="When it takes place next, at most five times.")
    place: str
    address: str
    latitude: float | None
    longitude: float | None
    price: str
    registration_url: str


class Message(Schema):
    """A CAP message as it was sent."""

    identifier: str
    type: str
    sent: datetime
    url: str


class Alert(Schema):
    """An alert in the words of CAP 1.2."""

    status: str
    exercise: bool
    live: bool = Field(description="Whether it is in force now.")
    category: str
    urgency: str
    severity: str
    certainty: str
    effective: datetime
    expires: datetime
    instruction: str
    messages: list[Message]


class Works(Schema):
    """Roadworks and the like; both days included."""

    place: str
    starts_on: date
    ends_on: date
    detour: str
    affected: str
    latitude: float | None
    longitude: float | None


class Document(Schema):
    """A public inquiry, minutes, a regulation, a form."""

    type: str
    reference: str
    deadline: date | None


class Origin(Schema):
    """Where an imported item comes from."""

    name: str
    url: str
    licence: str


class Correction(Schema):
    """What residents were told when the text was corrected."""

    at: datetime
    text: str


class Item(Schema):
    """Something published, in one language."""

    id: UUID
    kind: str
    community: Link
    language: str = Field(description="The language of the texts.")
    languages: list[str] = Field(description="The languages there are.")
    fallback: bool = Field(description="Whether the texts are in another language than the one asked for.")
    title: str
    summary: str
    markdown: str
    html: str = Field(description="Sanitised; headings from the third level down.")
    published: datetime
    changed: datetime
    corrections: list[Correction] = Field(description="Those of which something was said, the first one first.")
    expires: datetime | None
    url: str
    urls: dict[str, str] = Field(description="The page in each language there is.")
    topics: list[Link]
    areas: list[AreaLink]
    pictures: list[Picture]
    files: list[File]
    details: Event | Alert | Works | Document | None = Field(description="By kind; null for news.")
    origin: Origin | None


class Items(Schema):
    """A page of items, the newest first."""

    items: list[Item]
    next: str | None = Field(description="The `cursor` of the next page; null on the last one.")
