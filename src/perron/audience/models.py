"""Who wants to be sent what communities publish. Nobody has a row here before they confirmed their address."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.communities.models import Community
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.core.push_addresses import LONGEST
from perron.privacy.hiding import Unrestricted
from perron.privacy.subjects import Subject
from perron.privacy.tenancy.within import OfTenants


class Channel(models.TextChoices):
    """By which way somebody is reached."""

    EMAIL = "email", _("e-mail")
    PUSH = "push", _("notification")
    WEBHOOK = "webhook", _("webhook")


class Recipient(models.Model):
    """Somebody at one address of one channel, and how they want to be written to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The subject of the address (`subjects.of_address`); what a push service calls a device is an address as well.
    subject_id = models.UUIDField(unique=True)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.EMAIL)
    # None but of those who are written to by mail.
    email = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2)
    confirmed_at = models.DateTimeField(default=now)
    # Quiet hours (`quiet.py`); none of both: there are none.
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    # Whether an alert of the severity “extreme” comes in them all the same.
    extreme_passes = models.BooleanField(default=False)

    objects = Unrestricted["Recipient"]()
    stored = models.Manager["Recipient"]()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject(self) -> Subject:
        """Whose address it is."""
        return Subject("address", self.subject_id)


class Webhook(models.Model):
    """A recipient that is a program of a community's own, or of whoever works for it."""

    class State(models.TextChoices):
        """Whether it is called."""

        ON = "on", _("on")
        # By somebody.
        PAUSED = "paused", _("paused")
        # By the program: the other side asked for it, or failed for days.
        OFF = "off", _("switched off")

    recipient = models.OneToOneField(Recipient, on_delete=models.CASCADE, primary_key=True, related_name="webhook")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="webhooks")
    address = models.CharField(max_length=500)
    # Encrypted with the installation's key (`privacy.encrypting`). Until `former_until` the former one signs too.
    secret = models.CharField(max_length=300)
    former_secret = models.CharField(max_length=300, blank=True)
    former_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=6, choices=State, default=State.ON)
    # Why the last call failed: a code; "" after one that was taken.
    failure = models.CharField(max_length=60, blank=True)
    failing_since = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    objects = OfTenants["Webhook"]()
    # Of deliveries of whichever partner.
    stored = models.Manager["Webhook"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["community", "address"], name="webhook_once"),
            models.CheckConstraint(
                condition=models.Q(secret__startswith="v1:"),  # noqa: S106 how what is encrypted begins
                name="webhook_secret_is_encrypted",
            ),
        ]

    def __str__(self) -> str:
        return self.address


class _OfRecipient[M: models.Model](Unrestricted[M]):
    subject = "recipient__subject_id"


class PushEndpoint(models.Model):
    """Where a browser is sent messages, and the keys that only it can read them with (RFC 8291), in base64url."""

    recipient = models.OneToOneField(Recipient, on_delete=models.CASCADE, primary_key=True, related_name="endpoint")
    endpoint = models.CharField(max_length=LONGEST)
    p256dh = models.CharField(max_length=88)
    auth = models.CharField(max_length=24)

    objects = _OfRecipient["PushEndpoint"]()
    stored = models.Manager["PushEndpoint"]()

    def __str__(self) -> str:
        return str(self.pk)


class Subscription(models.Model):
    """What a recipient wants of one community. An empty list wants all; `choices.packed` says how lists are written."""

    class Rhythm(models.TextChoices):
        """How often what is no alert comes."""

        AT_ONCE = "at_once", _("As it comes")
        DAILY = "daily", _("In one message a day, in the morning")
        WEEKLY = "weekly", _("In one message a week, on Monday morning")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    recipient = models.ForeignKey(Recipient, on_delete=models.CASCADE, related_name="subscriptions")
    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="subscriptions")
    kinds = models.CharField(max_length=80, blank=True)
    # Slugs of topics.
    topics = models.TextField(blank=True)
    # Slugs of the community's areas.
    areas = models.TextField(blank=True)
    rhythm = models.CharField(max_length=8, choices=Rhythm, default=Rhythm.AT_ONCE)
    # Since when what is published waits for the next digest; null: nothing does.
    collected_since = models.DateTimeField(null=True)
    since = models.DateTimeField(default=now)

    objects = _OfRecipient["Subscription"]()
    stored = models.Manager["Subscription"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recipient", "community"], name="subscription_once")]
        indexes: ClassVar = [
            models.Index(fields=["community", "id"], name="subscription_of_community"),
            models.Index(
                fields=["recipient"],
                condition=models.Q(collected_since__isnull=False),
                name="subscription_collecting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
