from typing import ClassVar

from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.hiding import Unrestricted


class Digest(models.Model):
    """What one reader's digest says, from when it was put together until the round is over: then it goes."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dispatch = models.ForeignKey("delivery.Dispatch", on_delete=models.CASCADE, related_name="digests")
    subject_id = models.UUIDField()
    # Of `audience.Recipient`, as in `Delivery`.
    recipient_id = models.UUIDField()
    # [[community, [item, …]], …], in the order in which they are told.
    items = models.JSONField()
    made_at = models.DateTimeField(default=now)

    objects = Unrestricted["Digest"]()
    stored = models.Manager["Digest"]()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispatch", "recipient_id"], name="digest_once")]
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="digest_by_subject"),
            models.Index(fields=["made_at"], name="digest_made"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
