"""The register of breaches of security (GDPR art. 33(5)): what happened, what was done, who was told."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import short_key, uuid7
from perron.privacy.wishes import AboutSomebody

# GDPR art. 33(1). Counted from the minute: stricter than Regulation 1182/71 art. 3(1), which leaves out the first hour.
HOURS = timedelta(hours=72)


class Risk(models.TextChoices):
    """What the breach is likely to mean for people (GDPR arts 33(1), 34(1))."""

    UNKNOWN = "", _("not weighed yet")
    UNLIKELY = "unlikely", _("a risk is unlikely: the authority need not be told")
    RISK = "risk", _("a risk: the authority is told")
    HIGH = "high", _("a high risk: the authority and the people concerned are told")


class Breach(models.Model):
    """One breach. In its words nobody is named."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    reference = models.CharField(max_length=8, unique=True, default=short_key, editable=False)
    # When the operator became aware of it: the clock runs from then.
    known_at = models.DateTimeField()
    entered_at = models.DateTimeField(default=now)
    happened = models.TextField()
    # Categories of people and of records, and how many of each, about; null: not known yet.
    concerned = models.TextField(blank=True)
    people = models.PositiveIntegerField(null=True)
    records = models.PositiveIntegerField(null=True)
    consequences = models.TextField(blank=True)
    measures = models.TextField(blank=True)
    risk = models.CharField(max_length=8, choices=Risk, blank=True)
    # Why it is weighed so.
    risk_why = models.TextField(blank=True)
    notified_at = models.DateTimeField(null=True)
    # Under which number the authority has it, and why it was told later than 72 hours after.
    authority_reference = models.CharField(max_length=60, blank=True)
    late_because = models.TextField(blank=True)
    # Why nobody is told although the risk is high (GDPR art. 34(3)).
    untold_because = models.TextField(blank=True)
    # What people are told, {language: words}; since when; how many; and how far the telling of everybody is.
    words = models.JSONField(default=dict)
    telling_since = models.DateTimeField(null=True)
    told = models.PositiveIntegerField(default=0)
    reached = models.JSONField(null=True)
    # The hours at which staff were reminded last.
    reminded = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["closed_at", "known_at"], name="breach_by_clock")]

    def __str__(self) -> str:
        return self.reference

    @property
    def due_at(self) -> datetime:
        """Until when the authority is to be told."""
        return self.known_at + HOURS

    @property
    def waits_for_authority(self) -> bool:
        """Whether the authority is still to be told, or it is still to be said why it need not be."""
        return self.notified_at is None and self.risk != Risk.UNLIKELY

    @property
    def waits_for_people(self) -> bool:
        """Whether the people concerned are still to be told, or it is still to be said why they need not be."""
        return self.risk == Risk.HIGH and not self.telling_since and not self.untold_because


class BreachParty(models.Model):
    """A partner for which the operator processes what the breach concerns: told without delay (GDPR art. 33(2))."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="parties")
    tenant_id = models.UUIDField()
    name = models.CharField(max_length=120)
    told_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["breach", "tenant_id"], name="breach_party_once")]
        indexes: ClassVar = [models.Index(fields=["tenant_id"], name="breach_party_by_tenant")]

    def __str__(self) -> str:
        return self.name


class BreachTold(AboutSomebody):
    """That somebody was told of a breach (GDPR art. 34)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    breach = models.ForeignKey(Breach, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["breach", "subject_id"], name="breach_told_once")]
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="breach_told_by_subject"),
            models.Index(fields=["at"], name="breach_told_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
