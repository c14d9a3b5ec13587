"""The tables of what privacy itself must say. The rules are in `noticing` and `announcing`."""

from typing import ClassVar

from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.wishes import AboutSomebody


class Notice(AboutSomebody):
    """What somebody must be told, at `due_at`; then `letters` makes a letter of it and the row is gone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The name of a `letter_kinds.LetterKind`.
    kind = models.CharField(max_length=60)
    # "" for the activity of the kind.
    activity = models.CharField(max_length=16, blank=True)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    context = models.JSONField(default=dict)
    # What it is about, for example a request: with it the notice can be withdrawn.
    about_id = models.UUIDField(null=True)
    made_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="notice_due"),
            models.Index(fields=["subject_id"], name="notice_by_subject"),
            models.Index(fields=["about_id"], name="notice_by_about", condition=models.Q(about_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.kind


class Announcement(models.Model):
    """That a version of the policy was announced to those concerned: since when, and how far."""

    in_force = models.DateField(primary_key=True)
    # Those who were concerned before this moment are told; who came later was shown this version.
    to_whom_before = models.DateTimeField()
    began_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    # How many were told.
    told = models.PositiveIntegerField(default=0)
    # While it goes on: whom in which group it reached last, {group: UUID}; null for a group that is done.
    reached = models.JSONField(default=dict)
    # What its files were when it was announced (`sealing`).
    seals = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.in_force)
