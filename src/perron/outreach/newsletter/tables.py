"""The tables of the operator's newsletter: who asked for it, and what is sent."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.core.language import LANGUAGES, localised
from perron.privacy.hiding import Unrestricted
from perron.privacy.subjects import Subject


class NewsReader(models.Model):
    """Somebody who asked for the newsletter and confirmed it. What they agreed to is a `privacy.wishes.Consent`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The subject of the address (`subjects.of_address`).
    subject_id = models.UUIDField(unique=True)
    email = models.CharField(max_length=254)
    language = models.CharField(max_length=2)

    objects = Unrestricted["NewsReader"]()
    stored = models.Manager["NewsReader"]()

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject(self) -> Subject:
        """Whose address it is."""
        return Subject("address", self.subject_id)


class Campaign(models.Model):
    """One message of the operator to all whom one basis of the policy's activity E reaches, and to nobody else."""

    class State(models.TextChoices):
        """A draft until somebody confirms; what was stopped stays stopped."""

        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        SENDING = "sending", pgettext_lazy("campaign", "sent")
        STOPPED = "stopped", _("stopped")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The basis that its readers are reached on, by its name in the policy ("clients").
    basis = models.CharField(max_length=64)
    # {language: subject line} and {language: text in limited Markdown}, of the languages that it is written in.
    headings = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    # Counts its savings: whoever saves or sends on top of an older one is told.
    edition = models.PositiveIntegerField(default=1)
    send_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=now)
    # What stands at the addresses in its texts, {address: "fine", "dead" or "unclear"}, and whether to look again.
    links = models.JSONField(default=dict)
    links_due = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["-made_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["send_at"], name="campaign_due", condition=Q(state="scheduled")),
            models.Index(fields=["id"], name="campaign_links_due", condition=Q(links_due=True)),
        ]

    def __str__(self) -> str:
        return localised(self.headings, get_language() or LANGUAGES[0])

    @property
    def languages(self) -> list[str]:
        """The languages in which all of it is there; who reads another one gets the first of these."""
        return [code for code in LANGUAGES if self.headings.get(code) and self.texts.get(code)]
