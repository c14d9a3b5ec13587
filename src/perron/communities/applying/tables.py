"""Shops and associations that want to publish on a commune's platform, and those whose first items it looks at."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.core.clock import now
from perron.core.identifiers import short_key, uuid7
from perron.privacy.hiding import Unrestricted
from perron.privacy.subjects import Subject
from perron.privacy.tenancy.within import OfTenants


class Application(models.Model):
    """Somebody asks a commune to take up an association or a shop: what it is, who asks, and how it stands."""

    class Kind(models.TextChoices):
        """What may apply: two of `Community.Kind`."""

        ASSOCIATION = "association", _("Association")
        SHOP = "shop", _("Shop")

    class State(models.TextChoices):
        """Open until the commune accepts or declines."""

        OPEN = "open", _("waits")
        ASKED = "asked", _("asked back")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Said in the heading of every letter.
    reference = models.CharField(max_length=8, unique=True, default=short_key)
    # The commune that decides, and the app on which it was applied.
    commune = models.ForeignKey("communities.Community", models.CASCADE, related_name="applications")
    platform = models.ForeignKey("communities.Platform", models.SET_NULL, null=True, related_name="+")
    # The subject of the address (`subjects.of_address`).
    subject_id = models.UUIDField()
    kind = models.CharField(max_length=16, choices=Kind)
    name = models.CharField(max_length=120)
    street = models.CharField(max_length=120, blank=True)
    postal_code = models.CharField(max_length=4, blank=True)
    locality = models.CharField(max_length=80, blank=True)
    website = models.CharField(max_length=200, blank=True)
    hours = models.CharField(max_length=300, blank=True)
    contact = models.CharField(max_length=120)
    email = models.CharField(max_length=254)
    why = models.TextField()
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    applied_at = models.DateTimeField(default=now)
    # Of the last word in either direction: its clock.
    last_contact_at = models.DateTimeField(default=now)

    objects = Unrestricted["Application"]()
    stored = models.Manager["Application"]()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["commune", "state", "applied_at"], name="application_of_commune"),
            models.Index(fields=["subject_id", "applied_at"], name="application_by_subject"),
            models.Index(fields=["last_contact_at"], name="application_by_contact"),
            models.Index(fields=["applied_at"], name="application_by_begin"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        """Who applies."""
        return Subject("address", self.subject_id)

    @property
    def is_open(self) -> bool:
        """Whether the commune has still to decide."""
        return self.state in {self.State.OPEN, self.State.ASKED}


class EntryManager(Unrestricted["ApplicationEntry"]):
    """Finds what was said about applications that are not restricted."""

    subject = "application__subject_id"


class ApplicationEntry(models.Model):
    """What was said about an application: by the commune in a letter, or by the applicant in answer."""

    class Kind(models.TextChoices):
        """Whose word it is."""

        QUESTION = "question", _("our question")
        ANSWER = "answer", _("their answer")
        DECISION = "decision", _("our decision")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    application = models.ForeignKey(Application, models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    at = models.DateTimeField(default=now)
    # Who of the commune wrote it, or wrote it down.
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    # Of the letter with which it left; what follows refers to it (RFC 5322 §3.6.4).
    letter = models.CharField(max_length=320, blank=True)

    objects = EntryManager()
    stored = models.Manager["ApplicationEntry"]()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.application_id}"


class Apprenticeship(models.Model):
    """A community whose first items another one looks at: it releases them, until `left` is zero."""

    community = models.OneToOneField(
        "communities.Community", models.CASCADE, primary_key=True, related_name="apprenticeship"
    )
    guardian = models.ForeignKey("communities.Community", models.CASCADE, related_name="apprentices")
    left = models.PositiveSmallIntegerField()

    objects = OfTenants["Apprenticeship"]()

    def __str__(self) -> str:
        return f"{self.community}: {self.left}"
