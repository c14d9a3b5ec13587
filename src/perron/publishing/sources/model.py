from typing import ClassVar

from django.db import models
from django.db.models import Q

from perron.accounts.models import Person
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants


class Source(models.Model):
    """A file or an address that a community imports from. `digest` recognises what was imported last, as a whole."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="sources")
    address = models.CharField(max_length=500)
    name = models.CharField(max_length=140, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    entries = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField(default=now)
    # Since when it is read by itself (`Connection`), and who wanted that.
    connected_at = models.DateTimeField(null=True)
    connected_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfTenants["Source"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "address"], name="source_once")]
        indexes: ClassVar = [
            models.Index(fields=["community", "digest"], name="source_by_digest"),
            models.Index(fields=["connected_at"], condition=Q(connected_by__isnull=False), name="source_connected"),
        ]

    def __str__(self) -> str:
        return self.name or self.address


class Connection(models.Model):
    """That a source is polled by itself: what was chosen, when its turn is next, how it stands, what changed last."""

    class Vanishing(models.TextChoices):
        """What becomes of an item whose entry is no longer in the source."""

        KEEP = "keep"
        WITHDRAW = "withdraw"

    class Pause(models.TextChoices):
        """Why a source is not polled."""

        NOT = ""
        BY_HAND = "by hand"
        GONE = "gone"

    source = models.OneToOneField(Source, on_delete=models.CASCADE, primary_key=True, related_name="connection")
    # No two polls of one host at a time.
    host = models.CharField(max_length=253)
    release = models.BooleanField(default=False)
    vanishing = models.CharField(max_length=8, choices=Vanishing, default=Vanishing.KEEP)
    licence = models.CharField(max_length=140, blank=True)
    # `sources.mapping.Paths` as JSON, for a list that is JSON of its own; empty otherwise.
    mapping = models.JSONField(default=dict, blank=True)
    paused = models.CharField(max_length=8, choices=Pause, blank=True)

    # When its turn is, and until when somebody is at it: a poll that was killed is anybody's after that.
    due_at = models.DateTimeField(default=now)
    polling_until = models.DateTimeField(null=True)
    polled_at = models.DateTimeField(null=True)
    # What it said of itself last: how often to ask (seconds), what to ask with, and in which format.
    pace = models.PositiveIntegerField(default=0)
    etag = models.CharField(max_length=500, blank=True)
    last_modified = models.CharField(max_length=100, blank=True)
    format = models.CharField(max_length=12, blank=True)
    # Whether alerts came from it: those are asked for more often.
    has_alerts = models.BooleanField(default=False)
    # Short hashes of the identifiers in its last file that became items: one without an item was deleted here since.
    taken = models.JSONField(default=list, blank=True)
    # Entries that could not be read last time: more of them, and one cannot tell what is missing.
    unread = models.PositiveIntegerField(default=0)

    succeeded_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    # Why the last poll failed: a code of `sources.health`, and the detail that goes with it.
    problem = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    # When staff was told of this outage by letter.
    told_at = models.DateTimeField(null=True)
    # Since when it has lost so many of its entries that a person decides (`sources.vanishing`).
    held_at = models.DateTimeField(null=True)
    # When staff was told of a hold by letter: of this one, if it is later than `held_at`.
    held_told_at = models.DateTimeField(null=True)
    lost = models.PositiveIntegerField(default=0)
    lost_of = models.PositiveIntegerField(default=0)
    # Where it says it has moved for good, and since when.
    moved_to = models.CharField(max_length=500, blank=True)
    moved_since = models.DateTimeField(null=True)
    moved_from = models.CharField(max_length=500, blank=True)
    # By its own rhythm something new should have come by then; null while no rhythm is known.
    stale_after = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    # Of the last change: numbers of items by what happened, and (where, why) of what was left out or adapted.
    changes = models.JSONField(default=dict, blank=True)
    notes = models.JSONField(default=list, blank=True)

    objects = OfTenants["Connection"]()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(paused=""), name="connection_due"),
            models.Index(fields=["host"], name="connection_host"),
        ]

    def __str__(self) -> str:
        return str(self.source)


class Origin(models.Model):
    """Where an imported item comes from; `fingerprint` tells whether the source changed it since."""

    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, primary_key=True, related_name="origin")
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="+")
    # The feed or file, and the entry's own identifier in it (GUID, UID, CAP identifier).
    source = models.CharField(max_length=500)
    identifier = models.CharField(max_length=500)
    url = models.URLField(max_length=1000, blank=True)
    name = models.CharField(max_length=140, blank=True)
    licence = models.CharField(max_length=140, blank=True)
    fingerprint = models.CharField(max_length=64)
    # The edition that the source wrote last; a higher one of the item is somebody's correction.
    edition = models.PositiveIntegerField(default=1)
    # What the entry is known by when its identifier changes (`sources.entry.Entry.marks`).
    marks = models.JSONField(default=dict, blank=True)
    # Since when a source that is polled no longer has it.
    missing_since = models.DateTimeField(null=True)
    # What the source says now, where somebody corrected the item: `content`, and its `fingerprint`.
    offer = models.JSONField(default=dict, blank=True)

    objects = OfTenants["Origin"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "source", "identifier"], name="origin_once")
        ]

    def __str__(self) -> str:
        return self.name or self.source


class ReceivedMessage(models.Model):
    """A CAP message that an item was made or changed from, or that one of those replaced: later ones refer to it.

    Without an item it was cancelled before it came: messages may arrive in any order.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, null=True, related_name="received")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="messages")
    identifier = models.CharField(max_length=500)

    objects = OfTenants["ReceivedMessage"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "identifier"], name="received_once")]

    def __str__(self) -> str:
        return self.identifier
