from typing import ClassVar

from django.conf import settings
from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7


class Enrolment(models.Model):
    """On which platform somebody opened their account: its partner answers for it together with the operator."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="enrolments")
    platform = models.ForeignKey("communities.Platform", on_delete=models.PROTECT, related_name="enrolments")
    since = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "platform"], name="enrolled_once")]

    def __str__(self) -> str:
        return str(self.pk)
