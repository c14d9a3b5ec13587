"""What only the staff of a community see: the saved states of an item, how they were read, templates."""

from typing import ClassVar

from django.db import models

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants


class Revision(models.Model):
    """One saved state of the working side. `content` is `content.Content` as JSON."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    saved_at = models.DateTimeField(default=now)
    saved_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # Of one that was saved by itself while its writer typed: since when they do, and in which opened form.
    automatic_since = models.DateTimeField(null=True)
    form = models.UUIDField(null=True)
    # Of one that brought an earlier text back: the number of that.
    restores = models.PositiveIntegerField(null=True)

    objects = OfTenants["Revision"]()

    class Meta:
        # Two editors at once: the second insert of a number fails, whatever else happened.
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "number"], name="revision_once")]
        indexes: ClassVar = [
            models.Index(fields=["saved_at"], condition=models.Q(saved_by__isnull=False), name="revision_author")
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.number}"


class ReviewStep(models.Model):
    """One thing that one person did in the reading of an item before its release. Rows are added, never changed.

    `edition` is the revision that it is about; `words` are what was said along with it.
    """

    class What(models.TextChoices):
        """What was done; of `ASSIGNED`, `person` is whose turn it is."""

        ASKED = "asked"
        ASSIGNED = "assigned"
        COMMENTED = "commented"
        ACCEPTED = "accepted"
        SENT_BACK = "sent back"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="review_steps")
    edition = models.PositiveIntegerField()
    what = models.CharField(max_length=10, choices=What)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)
    words = models.TextField(blank=True)

    objects = OfTenants["ReviewStep"]()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [
            models.Index(fields=["at"], condition=models.Q(person__isnull=False), name="review_step_person")
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.item} {self.edition}"


class Template(models.Model):
    """A text to begin others from. `content` is `content.Content` as JSON."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="templates")
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    content = models.JSONField()
    made_at = models.DateTimeField(default=now)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfTenants["Template"]()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "name"], name="template_once")]
        indexes: ClassVar = [
            models.Index(fields=["made_at"], condition=models.Q(made_by__isnull=False), name="template_author")
        ]

    def __str__(self) -> str:
        return self.name
