from typing import ClassVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class AlertDetails(models.Model):
    """The fields of CAP 1.2 (OASIS, §3.2.2). `status` exercise or test marks what is not real."""

    class Status(models.TextChoices):
        """CAP `status`."""

        ACTUAL = "Actual", _("Real")
        EXERCISE = "Exercise", _("Exercise")
        TEST = "Test", _("Technical test")

    class Category(models.TextChoices):
        """CAP `category`."""

        GEO = "Geo", _("Ground")
        MET = "Met", _("Weather")
        SAFETY = "Safety", _("Public safety")
        SECURITY = "Security", _("Police and security")
        RESCUE = "Rescue", _("Rescue")
        FIRE = "Fire", _("Fire")
        HEALTH = "Health", _("Health")
        ENV = "Env", _("Environment")
        TRANSPORT = "Transport", _("Traffic and transport")
        INFRA = "Infra", _("Water, power, telecom")
        CBRNE = "CBRNE", _("Dangerous substances")
        OTHER = "Other", _("Other")

    class Urgency(models.TextChoices):
        """CAP `urgency`: when to act."""

        IMMEDIATE = "Immediate", _("At once")
        EXPECTED = "Expected", _("Within the hour")
        FUTURE = "Future", _("Later")
        PAST = "Past", _("No longer")
        UNKNOWN = "Unknown", _("Not known")

    class Severity(models.TextChoices):
        """CAP `severity`: how bad."""

        EXTREME = "Extreme", _("Extreme")
        SEVERE = "Severe", _("Severe")
        MODERATE = "Moderate", _("Moderate")
        MINOR = "Minor", _("Minor")
        UNKNOWN = "Unknown", _("Not known")

    class Certainty(models.TextChoices):
        """CAP `certainty`: how sure."""

        OBSERVED = "Observed", _("Observed")
        LIKELY = "Likely", _("Likely")
        POSSIBLE = "Possible", _("Possible")
        UNLIKELY = "Unlikely", _("Unlikely")
        UNKNOWN = "Unknown", _("Not known")

    item = models.OneToOneField("publishing.Item", on_delete=models.CASCADE, primary_key=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACTUAL)
    category = models.CharField(max_length=9, choices=Category, default=Category.SAFETY)
    urgency = models.CharField(max_length=9, choices=Urgency, default=Urgency.IMMEDIATE)
    severity = models.CharField(max_length=8, choices=Severity, default=Severity.SEVERE)
    certainty = models.CharField(max_length=8, choices=Certainty, default=Certainty.OBSERVED)
    effective_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # What to do, per language: {"fr": "Fermez portes et fenêtres."}
    instructions = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.severity} {self.category}"


def marked(title: str, status: str) -> str:
    """Return a title as it may stand alone: that of an exercise or a test says so, as some do themselves."""
    what = str(AlertDetails.Status(status).label)
    if status == AlertDetails.Status.ACTUAL or title.casefold().startswith(what.casefold()):
        return title
    return gettext("%(what)s: %(title)s") % {"what": what, "title": title}


class AlertMessage(models.Model):
    """One CAP message as it went out: the alert, an update, or the cancellation. Never changed afterwards."""

    class Type(models.TextChoices):
        """CAP `msgType`."""

        ALERT = "Alert"
        UPDATE = "Update"
        CANCEL = "Cancel"

    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="messages")
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    identifier = models.CharField(max_length=120, unique=True)
    type = models.CharField(max_length=6, choices=Type)
    sent_at = models.DateTimeField()
    xml = models.TextField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "number"], name="message_once")]
        indexes: ClassVar = [models.Index(fields=["community", "-sent_at"], name="message_newest")]

    def __str__(self) -> str:
        return self.identifier
