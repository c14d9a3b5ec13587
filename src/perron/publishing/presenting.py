"""An item as a reader in one language sees it: the value from which cards, pages and feeds are rendered.

The same value is made from the public tables and, for a preview, from a draft.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from perron.communities.models import Area, Community, Topic
from perron.core.clock import now
from perron.core.language import localised, pick, spoken
from perron.publishing.addresses import attachment_path, image_path, item_path
from perron.publishing.card_parts import CardParts
from perron.publishing.checking import details_form
from perron.publishing.content import Content
from perron.publishing.kinds.alert.model import marked
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import AlertDetails, Enclosure, Item, Origin, Picture
from perron.publishing.public_side import enclosures, pictures, texts


@dataclass(frozen=True)
class Photo:
    """A picture ready for an `<img>`: addresses by width, dimensions in pixels, the words for it.

    `fell_back`: these words are in `language`, which is not the one that was asked for.
    """

    id: UUID
    width: int
    height: int
    widths: tuple[int, ...]
    alternative: str
    credit: str
    tone: str
    language: str
    fell_back: bool

    @property
    def source(self) -> str:
        """The address for browsers that do not choose: the width nearest to 640."""
        return image_path(self.id, min(self.widths, key=lambda width: abs(width - 640)))

    @property
    def sources(self) -> str:
        """The value of `srcset`."""
        return ", ".join(f"{image_path(self.id, width)} {width}w" for width in self.widths)


@dataclass(frozen=True)
class File:
    """An attachment ready for a link; `size` in bytes. Of its title's language as with `Photo`."""

    address: str
    title: str
    media_type: str
    size: int
    language: str
    fell_back: bool

    @property
    def type_name(self) -> str:
        """What sort of file it is, by its name's ending: "PDF"."""
        return self.address.rsplit(".", 1)[-1].upper()


@dataclass(frozen=True, kw_only=True)
class Story:
    """One item in one language. `language` is that of the texts; `wanted` the one that was asked for."""

    id: UUID
    kind: str
    community: Community
    slug: str
    # The number of the revision that is shown.
    edition: int
    wanted: str
    language: str
    languages: tuple[str, ...]
    title: str
    summary: str
    body: str
    html: str
    details: Any
    photos: tuple[Photo, ...]
    files: tuple[File, ...]
    topics: tuple[Topic, ...]
    areas: tuple[Area, ...]
    published_at: datetime
    changed_at: datetime
    expires_at: datetime | None
    pinned_until: datetime | None
    corrected_at: datetime | None
    origin: Origin | None

    @property
    def path(self) -> str:
        """The page's path in the wanted language."""
        return item_path(self.community.slug, self.slug, self.wanted)

    @property
    def community_name(self) -> str:
        """The community's name in the wanted language."""
        return self.community.name_in(self.wanted)

    @property
    def fell_back(self) -> bool:
        """Whether the texts are not in the language that was asked for; the page says so."""
        return self.language != self.wanted

    def said(self, column: str) -> str:
        """Return what a column of the details says in the story's language, or in the nearest."""
        words = getattr(self.details, column, None) or {}
        return localised(words, self.language, self.community.languages)

    def said_in(self, column: str) -> str:
        """Return the language in which `said` answers; "" where it says nothing."""
        return spoken(getattr(self.details, column, None) or {}, self.language, self.community.languages)

    @property
    def instruction(self) -> str:
        """What to do, of an alert."""
        return self.said("instructions")

    @property
    def detour(self) -> str:
        """The way round, of works."""
        return self.said("detours")

    @property
    def affected(self) -> str:
        """Who is affected, of works."""
        return self.said("affected")

    @property
    def card(self) -> str:
        """The template of its card."""
        return KINDS[self.kind].card

    @property
    def page(self) -> str:
        """The template of its own part of the page."""
        return KINDS[self.kind].page

    @property
    def is_exercise(self) -> bool:
        """Whether this alert is an exercise or a test (CAP `status`): said everywhere it is shown."""
        return isinstance(self.details, AlertDetails) and self.details.status != AlertDetails.Status.ACTUAL

    @property
    def is_pinned(self) -> bool:
        """Whether it stays first on its community's page now."""
        return self.pinned_until is not None and self.pinned_until > now()

    @property
    def headline(self) -> str:
        """The title where it stands alone, in a tab, a feed, a shared link: an exercise says that it is one."""
        return marked(self.title, self.details.status) if self.is_exercise else self.title

    def is_live(self) -> bool:
        """Say whether this is an alert in force now."""
        return isinstance(self.details, AlertDetails) and self.details.effective_at <= now() < self.details.ends_at


def present(item: Item, language: str) -> Story:
    """Return the story of a public item fetched `with_all()`, in `language` or the nearest there is."""
    by_language = {text.language: text for text in item.texts.all()}
    kind = KINDS[item.kind]
    return _story(
        item,
        language,
        by_language=by_language,
        details=getattr(item, kind.details_name(), None) if kind.model else None,
        pictures=item.pictures.all(),
        enclosures=item.enclosures.all(),
        topics=item.topics.all(),
        areas=item.areas.all(),
        origin=getattr(item, "origin", None),
    )


def present_card(item: Item, parts: CardParts, language: str) -> Story:
    """Return the story of a public item fetched `with_details()` and its `fetch_card_parts`: without what a card
    does not show (body, files, areas, origin)."""
    kind = KINDS[item.kind]
    return _story(
        item,
        language,
        by_language=parts.titles,
        details=getattr(item, kind.details_name(), None) if kind.model else None,
        pictures=parts.pictures,
        topics=parts.topics,
    )


def present_draft(item: Item, content: Content, language: str) -> Story | None:
    """Return what `content` would look like, or None while it has no title. Incomplete details are left out,
    and so are pictures and files that are not the community's."""
    by_language = {text.language: text for text in texts(item, content)}
    if not by_language:
        return None
    form = details_form(item.community, item.kind, content)
    model = KINDS[item.kind].model
    images = item.community.images.in_bulk([shown.image for shown in content.pictures])
    files = item.community.attachments.in_bulk([enclosed.attachment for enclosed in content.enclosures])
    return _story(
        item,
        language,
        by_language=by_language,
        details=model(item=item, **form.values()) if model and form.is_valid() else None,
        pictures=[picture for picture in pictures(item, content) if UUID(str(picture.image_id)) in images],
        enclosures=[file for file in enclosures(item, content) if UUID(str(file.attachment_id)) in files],
        topics=Topic.objects.filter(slug__in=content.topics),
        areas=item.community.areas.filter(pk__in=content.areas),
        origin=Origin.objects.filter(item=item).first(),
    )


def _story(
    item: Item,
    wanted: str,
    *,
    by_language: dict[str, Any],
    details: Any,
    pictures: Iterable[Picture],
    enclosures: Iterable[Enclosure] = (),
    topics: Any,
    areas: Any = (),
    origin: Origin | None = None,
) -> Story:
    language = pick(by_language, wanted, item.community.languages)
    assert language, "a released item has a text"
    text = by_language[language]
    order = item.community.languages
    return Story(
        id=item.pk,
        kind=item.kind,
        community=item.community,
        slug=item.slug,
        edition=item.released_edition or item.edition,
        wanted=wanted,
        language=language,
        languages=tuple(by_language),
        title=text.title,
        summary=text.summary,
        body=getattr(text, "body", ""),
        html=getattr(text, "html", ""),
        details=details,
        photos=tuple(_photo(picture, language, order, wanted) for picture in pictures),
        files=tuple(_file(enclosed, language, order, wanted) for enclosed in enclosures),
        topics=tuple(topics),
        areas=tuple(areas),
        published_at=item.published_at or now(),
        changed_at=item.changed_at or now(),
        expires_at=item.expires_at,
        pinned_until=item.pinned_until,
        corrected_at=item.corrected_at,
        origin=origin,
    )


def _photo(picture: Picture, language: str, order: Sequence[str], wanted: str) -> Photo:
    image = picture.image
    own = spoken(picture.alternatives, language, order)
    return Photo(
        id=image.pk,
        width=image.width,
        height=image.height,
        widths=tuple(image.widths),
        alternative=localised(picture.alternatives, language, order),
        credit=picture.credit,
        tone=image.tone,
        language=own,
        fell_back=own not in {wanted, ""},
    )


def _file(enclosed: Enclosure, language: str, order: Sequence[str], wanted: str) -> File:
    attachment = enclosed.attachment
    own = spoken(enclosed.titles, language, order)
    return File(
        address=attachment_path(attachment.pk, attachment.name),
        title=localised(enclosed.titles, language, order) or attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        language=own,
        fell_back=own not in {wanted, ""},
    )
