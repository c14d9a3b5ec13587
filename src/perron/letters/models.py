from typing import ClassVar

from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.declaring import Activity
from perron.privacy.hiding import Unrestricted
from perron.privacy.subjects import Subject, of_row
from perron.privacy.wishes import AboutSomebody


class LetterQuerySet(models.QuerySet["Letter"]):
    """Letters by how they stand."""

    def waiting(self) -> "LetterQuerySet":
        """Return those that are still to be sent."""
        return self.filter(ended_at=None)

    def due(self) -> "LetterQuerySet":
        """Return those to be sent now, longest due first."""
        return self.waiting().filter(due_at__lte=now()).order_by("due_at")

    def given_up(self) -> "LetterQuerySet":
        """Return those that could not be sent, newest first."""
        return self.filter(ended_at__isnull=False, was_sent=False).order_by("-ended_at")


class Letter(AboutSomebody):
    """One mail to one reader, from its cause to its sending. Afterwards its content is gone and the fact remains.

    It is about its reader.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=60)
    activity = models.CharField(max_length=16)
    to = models.CharField(max_length=254)
    language = models.CharField(max_length=2)
    context = models.JSONField(default=dict)
    # The same at every try, so that a letter that arrives twice is known for one.
    message_id = models.CharField(max_length=320)
    # Of what was written before in the same thread, oldest first.
    references = models.JSONField(default=list)
    reply_to = models.CharField(max_length=254, blank=True)
    written_at = models.DateTimeField(default=now)
    # Not before then; whoever is sending it has moved this into the future, so that nobody else does.
    due_at = models.DateTimeField(default=now)
    tries = models.PositiveSmallIntegerField(default=0)
    # Sent or given up.
    ended_at = models.DateTimeField(null=True)
    was_sent = models.BooleanField(default=False)
    # Why the last try failed: a code, without a word about anybody.
    failure = models.CharField(max_length=60, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="letter_due", condition=models.Q(ended_at=None)),
            models.Index(fields=["ended_at"], name="letter_ended"),
            models.Index(fields=["subject_id"], name="letter_by_subject"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def whose(self) -> Subject:
        """Whose data it uses: the reader's."""
        return of_row(self)

    @property
    def serves(self) -> Activity:
        """The activity that it is part of."""
        return Activity(self.activity)


class Bounce(models.Model):
    """An address from which mail came back. While `suppressed_at` is set, nothing is sent there that many get."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # The subject of the address (`subjects.of_address`).
    subject_id = models.UUIDField(unique=True)
    # Why the last one was not delivered (RFC 3463), such as 5.1.1.
    status = models.CharField(max_length=9)
    # On how many days some came back, since the address last worked.
    days = models.PositiveSmallIntegerField(default=1)
    noted_at = models.DateTimeField(default=now)
    suppressed_at = models.DateTimeField(null=True)

    objects = Unrestricted["Bounce"]()
    # What comes back does so whether somebody's data are restricted or not.
    stored = models.Manager["Bounce"]()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["noted_at"], name="bounce_noted")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject(self) -> Subject:
        """Whose address it is."""
        return Subject("address", self.subject_id)
