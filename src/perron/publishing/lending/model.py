from typing import ClassVar

from django.db import models

from perron.accounts.models import Person
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants


class Loan(models.Model):
    """An address under which somebody without an account reads a draft for a while.

    The address is not kept: `digest` only recognises it. Without `revision` it shows the newest; without an item, the
    draft was deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey("communities.Community", on_delete=models.CASCADE, related_name="+")
    item = models.ForeignKey("publishing.Item", on_delete=models.SET_NULL, null=True, related_name="loans")
    revision = models.PositiveIntegerField(null=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=now)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = OfTenants["Loan"]()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["made_at"], name="loan_made")]

    def __str__(self) -> str:
        return f"{self.item} until {self.expires_at:%Y-%m-%d}"
