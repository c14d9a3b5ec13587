"""Copies on their way: sent to an address that somebody named, and received from another program."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import uuid7


class Transfer(models.Model):
    """What somebody gave, sent to an address that they named (GDPR art. 20(2)). The rules are in `transferring`."""

    class State(models.TextChoices):
        """How far it has come."""

        WAITING = "waiting", _("on its way")
        SENT = "sent", _("arrived")
        FAILED = "failed", _("did not arrive")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject_kind = models.CharField(max_length=8)
    subject_id = models.UUIDField()
    # As whom else the person is known, as {"kind", "id"}: their confirmed addresses.
    along = models.JSONField(default=list)
    language = models.CharField(max_length=2)
    # Whoever knows address and token may write there: both are emptied when the transfer ends.
    address = models.TextField()
    token = models.TextField(blank=True)
    host = models.CharField(max_length=253)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    # What the other side answered, and what it was sent.
    status = models.PositiveSmallIntegerField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="transfer_by_subject"),
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="transfer_due"),
            models.Index(fields=["ended_at"], name="transfer_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.host} {self.state}"


class Reception(models.Model):
    """A copy that another program may send to somebody here, once. The rules are in `receiving`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person_id = models.UUIDField()
    # SHA-256 of the token in the address: the address itself is shown once and not kept.
    token_hash = models.CharField(max_length=64, unique=True)
    opened_at = models.DateTimeField(default=now)
    received_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # Who sent it, as the copy says, and what of it can be taken over: {"name", "language"}.
    sender = models.CharField(max_length=300, blank=True)
    offers = models.JSONField(default=dict)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["person_id"], name="reception_by_person"),
            models.Index(fields=["opened_at"], name="reception_by_opening"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
