"""What is stored of a request: the working request with its steps and parties, the proof kept after it, and links."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import short_key, uuid7
from perron.core.language import LANGUAGES


class Kind(models.TextChoices):
    """What somebody asks for."""

    ACCESS = "access", _("access")
    RECTIFICATION = "rectification", _("rectification")
    ERASURE = "erasure", _("erasure")
    RESTRICTION = "restriction", _("restriction")
    OBJECTION = "objection", _("objection")
    PORTABILITY = "portability", _("portability")
    WITHDRAWAL = "withdrawal", _("withdrawal of consent")
    COMPLAINT = "complaint", _("complaint")


class State(models.TextChoices):
    """Where a request stands; `states.TRANSITIONS` says what leads from one to the other."""

    RECEIVED = "received", _("received")
    IDENTITY_ASKED = "identity_asked", _("waiting for proof of identity")
    IN_PROGRESS = "in_progress", _("in progress")
    EXTENDED = "extended", _("in progress, extended")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("refused")
    WITHDRAWN = "withdrawn", _("withdrawn")
    MOOT = "moot", _("closed without object")


class Channel(models.TextChoices):
    """How a request came in."""

    ACCOUNT = "account", _("the account")
    LINK = "link", _("a link sent by e-mail")
    EMAIL = "email", _("e-mail")
    LETTER = "letter", _("letter")
    TELEPHONE = "telephone", _("telephone")
    COUNTER = "counter", _("counter")
    PARTNER = "partner", _("the partner, who received it")


class Identity(models.TextChoices):
    """By what it is known that the request comes from whom it is about."""

    UNKNOWN = "", _("not established yet")
    ACCOUNT = "account", _("signed in")
    LINK = "link", _("opened a link sent to the address")
    STAFF = "staff", _("established by our staff")


def _reference() -> str:
    return short_key(8)


class Request(models.Model):
    """The working request: who asks for what, until when it must be answered, where it stands.

    It leaves shortly after it is closed; `Proof` stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # What is said on the telephone and written on letters.
    reference = models.CharField(max_length=8, unique=True, default=_reference, editable=False)
    kind = models.CharField(max_length=16, choices=Kind)
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    channel = models.CharField(max_length=16, choices=Channel)
    identity = models.CharField(max_length=8, choices=Identity, blank=True)
    # Whose data it is about (`finding.subject_of`); without one, nothing that is stored can be tied to it (art. 11).
    subject_kind = models.CharField(max_length=8, blank=True)
    subject_id = models.UUIDField(null=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=2, default=LANGUAGES[0])
    message = models.TextField(_("message"), blank=True)
    # The policy's activities that it is about; none: all.
    activities = models.JSONField(default=list)
    received_on = models.DateField()
    due_on = models.DateField()
    paused_on = models.DateField(null=True)
    paused_days = models.PositiveSmallIntegerField(default=0)
    extended_on = models.DateField(null=True)
    assigned_to = models.UUIDField(null=True)
    # The last day for which staff were reminded, so that each reminder goes out once.
    reminded_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="request_by_subject"),
            models.Index(fields=["closed_at", "due_on"], name="request_by_deadline"),
        ]

    def __str__(self) -> str:
        return self.reference


class Step(models.Model):
    """One thing that was done with a request, and the words that went with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField(default=now)
    deed = models.CharField(max_length=20)
    state = models.CharField(max_length=16, choices=State)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.UUIDField(null=True)
    # To the person; what staff note for themselves is `internal`.
    words = models.TextField(blank=True)
    internal = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return self.deed


class Party(models.Model):
    """Somebody besides the operator whom a request concerns, told when, acknowledged when.

    A partner is "controller" where the operator only processes for it, "joint" where both decide; a "recipient" had the
    data from us and is told of what was corrected, erased or restricted (GDPR art. 19).
    """

    class Capacity(models.TextChoices):
        """In which capacity."""

        CONTROLLER = "controller", _("controller")
        JOINT = "joint", _("joint controller")
        RECIPIENT = "recipient", _("recipient")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="parties")
    capacity = models.CharField(max_length=12, choices=Capacity)
    # A recipient of the policy ("host"), and which one where there are several (a partner's UUID and name).
    recipient = models.CharField(max_length=40)
    tenant_id = models.UUIDField(null=True)
    name = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "capacity", "recipient", "name"], name="party_once")
        ]

    def __str__(self) -> str:
        return self.name or self.recipient


class Proof(models.Model):
    """What is kept of a closed request: name, first name, what was asked, what was done. Nothing that was written.

    It has the UUID of the request.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    reference = models.CharField(max_length=8, unique=True)
    subject_kind = models.CharField(max_length=8, blank=True)
    subject_id = models.UUIDField(null=True)
    name = models.CharField(_("name"), max_length=100, blank=True)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    outcome = models.CharField(max_length=16, choices=State)
    received_on = models.DateField()
    due_on = models.DateField()
    closed_at = models.DateTimeField()
    # Days, deeds, grounds and who was told; `proving` says which keys there are.
    done = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="proof_by_subject"),
            models.Index(fields=["closed_at"], name="proof_by_closing"),
        ]

    def __str__(self) -> str:
        return self.reference


class Link(models.Model):
    """A one-time link to an address. Until it is redeemed, the address itself is in the link only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    addressee_id = models.UUIDField()
    asked_at = models.DateTimeField(default=now)
    redeemed_at = models.DateTimeField(null=True)
    email = models.EmailField(max_length=254, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["addressee_id", "asked_at"], name="link_by_addressee"),
            models.Index(fields=["asked_at"], name="link_by_asking"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
