"""What somebody follows, saved and reads in, kept for their devices: only of those who asked for it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.hiding import Unrestricted


class _Persons(Unrestricted["SyncedChoice"]):
    subject = "person_id"


class SyncedChoice(models.Model):
    """One person's choice on one platform, as their devices agreed on it. `entries` says how the columns are written.

    A switch that is turned off deletes the row; turned on again, it makes another one.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="synced_choices")
    platform = models.ForeignKey("communities.Platform", models.CASCADE, related_name="+")
    # Whoever writes says on top of which version; nobody overwrites what they have not seen.
    version = models.PositiveBigIntegerField(default=0)
    communities = models.JSONField(_("places that you follow, each with when you chose it"), default=dict)
    topics = models.JSONField(_("topics that you follow"), default=dict)
    saved = models.JSONField(_("what you saved to read again"), default=dict)
    language = models.JSONField(_("language in which you read"), default=dict)
    # So that a device that was away does not bring it back; the newest only.
    removed = models.JSONField(_("what you took off these lists lately"), default=dict)
    since = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    objects = _Persons()
    stored = models.Manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "platform"], name="synced_choice_once")]

    def __str__(self) -> str:
        return str(self.pk)
