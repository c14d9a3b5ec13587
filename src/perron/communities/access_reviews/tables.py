"""When it was looked at last who has access. Who looked, and what came of it, is in the audit trail."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants

if TYPE_CHECKING:
    from perron.communities.models import Community, Partner


class AccessReview(models.Model):
    """The administrators of a community, a partner (no community) or the operator (neither) were asked to look."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey("communities.Community", models.CASCADE, null=True, related_name="access_reviews")
    partner = models.ForeignKey("communities.Partner", models.CASCADE, null=True, related_name="access_reviews")
    asked_at = models.DateTimeField(default=now, db_index=True)
    done_at = models.DateTimeField(null=True)

    objects = OfTenants["AccessReview"]()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(community=None) | models.Q(partner=None), name="review_of_one"),
        ]

    def __str__(self) -> str:
        return f"{self.scope or 'operator'} {self.asked_at:%Y-%m-%d}"

    @property
    def scope(self) -> "Community | Partner | None":
        """Whose members are looked at; None for the operator's."""
        return self.community or self.partner
