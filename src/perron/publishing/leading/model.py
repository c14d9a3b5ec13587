from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants


class Address(models.Model):
    """An address on the web that a text leads to, and what was found there. `leading.checking` asks."""

    class State(models.TextChoices):
        """What is known of it."""

        NEW = "new", _("Not checked yet")
        FINE = "fine", _("Works")
        DEAD = "dead", _("Leads nowhere")
        # The site answers, but not to programs; or it cannot be told.
        UNCLEAR = "unclear", _("Could not be checked")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    url = models.TextField()
    # SHA-256 of the address: an index holds no longer ones.
    digest = models.CharField(max_length=64, unique=True)
    host = models.CharField(max_length=253)
    state = models.CharField(max_length=8, choices=State, default=State.NEW)
    # The same failure in a row: the status (404, 410) or 0 if nobody is there.
    failure = models.PositiveSmallIntegerField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=now)

    objects = OfTenants["Address"]()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at", "host"], name="address_due"),
            models.Index(fields=["state"], name="address_state"),
        ]

    def __str__(self) -> str:
        return self.url


class Leads(models.Model):
    """An item whose newest or public text leads to an address."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey("publishing.Item", on_delete=models.CASCADE, related_name="leads")
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="leads")

    objects = OfTenants["Leads"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "address"], name="leads_once")]

    def __str__(self) -> str:
        return f"{self.item} → {self.address}"
