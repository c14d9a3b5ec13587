"""The tables of the contact inbox: a conversation with somebody, and what was said in it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.models import Platform
from perron.core.clock import now
from perron.core.identifiers import short_key, uuid7
from perron.privacy.hiding import Unrestricted
from perron.privacy.subjects import Subject


class Conversation(models.Model):
    """Somebody wrote by the contact tab: who they are, how they are reached, and how it stands."""

    class State(models.TextChoices):
        """Open until there is nothing left to answer."""

        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Said on the telephone and in the heading of every letter.
    reference = models.CharField(max_length=8, unique=True, default=short_key)
    # The subject of the address (`subjects.of_address`).
    subject_id = models.UUIDField()
    first_name = models.CharField(_("first name"), max_length=60)
    name = models.CharField(_("name"), max_length=60)
    function = models.CharField(_("function"), max_length=80, blank=True)
    email = models.CharField(_("e-mail address"), max_length=254)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    heading = models.CharField(_("subject"), max_length=120)
    language = models.CharField(max_length=2)
    platform = models.ForeignKey(Platform, models.SET_NULL, null=True)
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    assigned_to = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    began_at = models.DateTimeField(default=now)
    # Of the last message in either direction, in any conversation with this address: the clock of activity B.
    last_contact_at = models.DateTimeField(default=now)
    # Since when the last word is theirs; null once it is ours, or the conversation closed.
    waiting_since = models.DateTimeField(null=True)

    objects = Unrestricted["Conversation"]()
    stored = models.Manager["Conversation"]()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["state", "-last_contact_at"], name="conversation_by_state"),
            models.Index(
                fields=["waiting_since"], name="conversation_waiting", condition=Q(waiting_since__isnull=False)
            ),
            models.Index(fields=["subject_id", "began_at"], name="conversation_by_subject"),
            models.Index(fields=["last_contact_at"], name="conversation_by_contact"),
            models.Index(fields=["began_at"], name="conversation_by_begin"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def full_name(self) -> str:
        """First name and name."""
        return f"{self.first_name} {self.name}"

    @property
    def subject(self) -> Subject:
        """Whose conversation it is."""
        return Subject("address", self.subject_id)


class MessageManager(Unrestricted["Message"]):
    """Finds what was said in conversations that are not restricted."""

    subject = "conversation__subject_id"


class Message(models.Model):
    """What was said in a conversation: by them, by us in a letter, or among ourselves."""

    class Kind(models.TextChoices):
        """Where it came from."""

        FORM = "form", _("by the contact tab")
        RECEIVED = "received", _("received otherwise")
        ANSWER = "answer", _("our answer")
        NOTE = "note", _("note among ourselves")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField()
    at = models.DateTimeField(default=now)
    # Who of the staff wrote it, or wrote it down.
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    # Of the letter with which it left, or that confirmed its receipt; what follows refers to it (RFC 5322 §3.6.4).
    letter = models.CharField(max_length=320, blank=True)

    objects = MessageManager()
    stored = models.Manager["Message"]()

    class Meta:
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["conversation", "at"], name="message_by_conversation")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.conversation_id}"
