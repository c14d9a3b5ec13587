"""One item in the pages of several communities: where it was offered, and what each of them said."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants

REASON_LENGTH = 300


class Placement(models.Model):
    """An item's place with a community that did not write it. The item stays one: where it was accepted, it shows
    as long and as its own community releases, corrects and withdraws it."""

    class State(models.TextChoices):
        """What the receiving community said."""

        OFFERED = "offered", _("waits for an answer")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="placements")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="placements")
    state = models.CharField(max_length=8, choices=State, default=State.OFFERED)
    # Why it was declined: the sender reads it.
    reason = models.CharField(max_length=REASON_LENGTH, blank=True)
    offered_at = models.DateTimeField(default=now)
    # When the community was told by letter that this waits.
    told_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OfTenants["Placement"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "community"], name="placement_once")]
        indexes: ClassVar = [
            models.Index(fields=["community", "state", "item"], name="placement_of_community"),
            models.Index(
                fields=["offered_at"],
                condition=models.Q(state="offered", told_at__isnull=True),
                name="placement_waiting",
            ),
            models.Index(fields=["decided_at"], condition=models.Q(decided_by__isnull=False), name="placement_decider"),
        ]

    def __str__(self) -> str:
        return f"{self.item} / {self.community}"


class Stance(models.Model):
    """What a community answers to whatever another one offers; without a row it is asked each time."""

    class Answer(models.TextChoices):
        """How an offer is answered."""

        ASK = "ask", _("Ask each time")
        ALWAYS = "always", _("Accept always")
        NEVER = "never", _("Decline always")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    sender = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=6, choices=Answer)

    objects = OfTenants["Stance"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "sender"], name="stance_once")]

    def __str__(self) -> str:
        return f"{self.community}: {self.sender} {self.answer}"


class HandIn(models.Model):
    """An item that an apprentice (`communities.Apprenticeship`) finds ready: its guardian releases it."""

    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, primary_key=True, related_name="hand_in")
    at = models.DateTimeField(default=now)

    objects = OfTenants["HandIn"]()

    def __str__(self) -> str:
        return str(self.item)
