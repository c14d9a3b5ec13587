from typing import ClassVar

from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7


class Source(models.Model):
    """A file or an address that a community imports from. `digest` recognises what was imported last, as a whole."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="sources")
    address = models.CharField(max_length=500)
    name = models.CharField(max_length=140, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    entries = models.PositiveIntegerField(default=0)
    imported_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "address"], name="source_once")]
        indexes: ClassVar = [models.Index(fields=["community", "digest"], name="source_by_digest")]

    def __str__(self) -> str:
        return self.name or self.address


class ReceivedMessage(models.Model):
    """A CAP message that an item was made or changed from: later ones refer to it by its identifier."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="received")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="messages")
    identifier = models.CharField(max_length=500)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "identifier"], name="received_once")]

    def __str__(self) -> str:
        return self.identifier
