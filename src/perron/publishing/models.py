"""Items and what belongs to them. The kinds' own tables are in `kinds/{kind}/model.py`.

An item has a working side and a public side. Editors write revisions (`Revision`, JSON, as incomplete as they
like); releasing checks the newest one and writes it to the public tables (`Text`, `Picture`, `Enclosure` and
the kind's details), which is all that residents' pages ever read.
"""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.models import Area, Community, Topic
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants
from perron.publishing.handing_over.tables import Archive
from perron.publishing.kinds.alert.model import AlertDetails, AlertMessage
from perron.publishing.kinds.document.model import DocumentDetails
from perron.publishing.kinds.event.model import EventDetails, Occurrence
from perron.publishing.kinds.works.model import WorksDetails
from perron.publishing.leading.model import Address, Leads
from perron.publishing.lending.model import Loan
from perron.publishing.outbox import Release
from perron.publishing.search.model import DocumentWords, SearchEntry
from perron.publishing.sharing.tables import HandIn, Placement, Stance
from perron.publishing.sources.model import Connection, Origin, ReceivedMessage, Source
from perron.publishing.working.model import ReviewStep, Revision, Template

__all__ = [
    "Address",
    "AlertDetails",
    "AlertMessage",
    "Archive",
    "Attachment",
    "Connection",
    "DocumentDetails",
    "DocumentWords",
    "Enclosure",
    "EventDetails",
    "HandIn",
    "Image",
    "Item",
    "Leads",
    "Loan",
    "Occurrence",
    "Origin",
    "Picture",
    "Placement",
    "ReceivedMessage",
    "Release",
    "ReviewStep",
    "Revision",
    "SearchEntry",
    "Source",
    "Stance",
    "Template",
    "Text",
    "WorksDetails",
]


class ItemQuerySet(models.QuerySet["Item"]):
    """Queries as words."""

    def released(self, at: datetime | None = None) -> Self:
        """Keep what is public at `at` (default: now)."""
        moment = at or now()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=moment), state=Item.State.RELEASED)

    def pinned(self, at: datetime | None = None) -> Self:
        """Keep what is public and stays first at `at` (default: now)."""
        return self.released(at).filter(pinned_until__gt=at or now())

    def with_details(self) -> Self:
        """Fetch with the items the details of their kinds."""
        return self.select_related(*(f"{name}details" for name in ("event", "alert", "works", "document")))

    def with_all(self) -> Self:
        """Fetch with the items, in a fixed number of queries, what presenting them needs."""
        return (
            self.with_details()
            .select_related("community", "origin")
            .prefetch_related(
                "texts",
                "topics",
                "areas",
                models.Prefetch("pictures", Picture.objects.select_related("image")),
                models.Prefetch("enclosures", Enclosure.objects.select_related("attachment")),
            )
        )

    def newest_first(self) -> Self:
        """Order by the moment of first publication, latest first."""
        return self.order_by("-published_at", "-id")


_ItemManager = OfTenants.from_queryset(ItemQuerySet)


class Item(models.Model):
    """Something published: news, an event, an alert, works, a document."""

    class State(models.TextChoices):
        """Where an item stands between the writer's desk and the public."""

        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        RELEASED = "released", _("Released")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="items")
    kind = models.CharField(max_length=12)
    # The last part of its address; set with the first title, fixed once it was released.
    slug = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    # The number of its newest revision, and of the one that the public sees.
    edition = models.PositiveIntegerField(default=0)
    released_edition = models.PositiveIntegerField(null=True)
    # The title of the newest revision, for lists in the studio.
    working_title = models.CharField(max_length=140, blank=True)
    release_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    # Until when feeds keep it however old it is (`Kind.matters_until`).
    matters_until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    # Until when it stays first on the community's page.
    pinned_until = models.DateTimeField(null=True)
    # When residents were last told of a correction in words (`Release.notice`).
    corrected_at = models.DateTimeField(null=True)
    # The sum of `edition` and `released_edition` when its links were read last (`leading.collecting`).
    links_read = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    topics = models.ManyToManyField(Topic, related_name="items")
    areas = models.ManyToManyField(Area, related_name="items")

    objects = _ItemManager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["community", "state", "-published_at", "-id"], name="item_newest"),
            models.Index(fields=["community", "kind", "state", "-published_at"], name="item_newest_of_kind"),
            models.Index(fields=["state", "-published_at", "-id"], name="item_newest_anywhere"),
            models.Index(fields=["kind", "state", "-published_at", "-id"], name="item_kind_anywhere"),
            models.Index(fields=["community", "matters_until"], name="item_matters"),
            models.Index(fields=["release_at"], condition=Q(state="scheduled"), name="item_due"),
            models.Index(
                fields=["community", "pinned_until"], condition=Q(pinned_until__isnull=False), name="item_pinned"
            ),
            models.Index(
                fields=["id"],
                condition=Q(links_read__lt=F("edition") + Coalesce(F("released_edition"), 0)),
                name="item_links_to_read",
            ),
            # Whose author is still to be forgotten.
            models.Index(fields=["created_at"], condition=Q(created_by__isnull=False), name="item_author"),
        ]

    def __str__(self) -> str:
        return self.working_title or self.slug

    @property
    def is_public(self) -> bool:
        """Whether residents can read it now."""
        return self.state == self.State.RELEASED and (self.expires_at is None or self.expires_at > now())

    @property
    def is_pinned(self) -> bool:
        """Whether it is to stay first on the community's page now."""
        return self.pinned_until is not None and self.pinned_until > now()

    @property
    def has_unreleased_changes(self) -> bool:
        """Whether the newest revision is not the one that the public sees."""
        return self.state == self.State.RELEASED and self.edition != self.released_edition


class Text(models.Model):
    """What the public reads, in one language. `html` is rendered from `body` when it is released."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=2)
    title = models.CharField(max_length=140)
    summary = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "language"], name="text_once")]

    def __str__(self) -> str:
        return self.title


class Image(models.Model):
    """An uploaded picture, re-encoded in `widths` as WebP at `images/{id}/{width}.webp` of the file storage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="images")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    widths = models.JSONField()
    # The mean colour, "#rrggbb": what is shown while the picture loads.
    tone = models.CharField(max_length=7, default="#cccccc")
    uploaded_at = models.DateTimeField(default=now)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfTenants["Image"]()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["uploaded_at"], condition=Q(uploaded_by__isnull=False), name="image_author")
        ]

    def __str__(self) -> str:
        return f"{self.width}×{self.height}"


class Picture(models.Model):
    """An image's place in a released item, with its alternative text per language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="pictures")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="pictures")
    position = models.PositiveSmallIntegerField(default=0)
    alternatives = models.JSONField(default=dict)
    credit = models.CharField(max_length=140, blank=True)

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return str(self.image)


class Attachment(models.Model):
    """An uploaded file, at `attachments/{id}/{name}` of the file storage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    uploaded_at = models.DateTimeField(default=now)
    uploaded_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfTenants["Attachment"]()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["uploaded_at"], condition=Q(uploaded_by__isnull=False), name="attachment_author")
        ]

    def __str__(self) -> str:
        return self.name


class Enclosure(models.Model):
    """An attachment's place in a released item, with its title per language."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="enclosures")
    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="enclosures")
    position = models.PositiveSmallIntegerField(default=0)
    titles = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["position"]

    def __str__(self) -> str:
        return str(self.attachment)
