"""Archives that somebody asked for, or that the end of a contract promises; the worker makes them."""

from typing import ClassVar

from django.db import models

from perron.accounts.models import Person
from perron.communities.models import Agreement, Partner
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants


class Archive(models.Model):
    """An archive of everything of a partner: made by the worker, and there for some days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="archives")
    asked_at = models.DateTimeField(default=now)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    # The contract whose end promises it (GDPR art. 28(3)(g)): then nobody asked, and it is there until the data go.
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, null=True, related_name="+")
    # Until when a worker is at it: one that was killed is anybody's after that.
    claimed_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    # Why there is none, in the words of who asked.
    problem = models.CharField(max_length=300, blank=True)

    objects = OfTenants["Archive"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["partner", "agreement"], name="archive_one_each")]
        indexes: ClassVar = [
            models.Index(fields=["asked_at"], name="archive_asked"),
            models.Index(fields=["asked_at"], condition=models.Q(made_at=None, problem=""), name="archive_due"),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.asked_at:%Y-%m-%d}"

    @property
    def state(self) -> str:
        """One of "waits", "made", "failed"."""
        return "made" if self.made_at else "failed" if self.problem else "waits"
