from typing import ClassVar

from django.db import models

from perron.communities.models import Community
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants


class Release(models.Model):
    """The outbox: one row for each change of what the public sees, committed with the change itself."""

    class What(models.TextChoices):
        """What happened to the item."""

        RELEASED = "released"
        CORRECTED = "corrected"
        WITHDRAWN = "withdrawn"
        # A release was taken back within its first seconds.
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="releases")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(max_length=10, choices=What)
    edition = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    # What residents are told of a correction, per language.
    notice = models.JSONField(default=dict)
    # Where the item stood before a person released it; and of an undoing, what it undoes.
    before = models.JSONField(null=True)
    undoes = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")

    objects = OfTenants["Release"]()

    class Meta:
        # What is new is asked for every second.
        indexes: ClassVar = [models.Index(fields=["at"], name="release_newest")]

    def __str__(self) -> str:
        return f"{self.what} {self.item}"
