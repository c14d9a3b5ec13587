"""The tables of what people decided about their own data: consents, objections, restrictions (GDPR arts 7, 18, 21).

The rules are in `consents`, `objections` and `restrictions`.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import uuid7


class AboutSomebody(models.Model):
    """Whom a row is about: a `subjects.Subject`, taken apart."""

    subject_kind = models.CharField(max_length=8)
    subject_id = models.UUIDField()

    class Meta:
        abstract = True


class Consent(AboutSomebody):
    """One deed: a consent that was given, or its withdrawal. Rows are added, never changed, but for `ended_at`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.CharField(max_length=16)
    # The basis of the policy's activity ("others"); one basis is one purpose that can be agreed to by itself.
    basis = models.CharField(max_length=64)
    given = models.BooleanField()
    at = models.DateTimeField(default=now)
    # The day from which the version of the policy that was shown is in force.
    policy_version = models.DateField()
    wording = models.TextField()
    language = models.CharField(max_length=2)
    form = models.CharField(max_length=60)
    # The age that the person said to have reached, in years; or who agreed for them.
    of_age = models.PositiveSmallIntegerField(null=True)
    guardian_id = models.UUIDField(null=True)
    # When it was withdrawn, replaced, or the person left; from then on the row only proves what was.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "at"], name="consent_by_subject"),
            models.Index(fields=["subject_id", "activity"], name="consent_in_force", condition=Q(ended_at=None)),
            models.Index(fields=["ended_at"], name="consent_by_end"),
        ]

    def __str__(self) -> str:
        return f"{'consent' if self.given else 'withdrawal'} {self.activity}.{self.basis}"


class Objection(AboutSomebody):
    """Somebody objects to what rests on legitimate interest, or to promotion (GDPR art. 21)."""

    class State(models.TextChoices):
        """It counts while it is raised, upheld or taken back by nobody; not any more once refused with reasons."""

        RAISED = "raised", _("raised")
        UPHELD = "upheld", _("upheld")
        REFUSED = "refused", _("refused")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.CharField(max_length=16)
    # "Grounds relating to his or her particular situation" (art. 21(1)); promotion needs none.
    grounds = models.TextField(blank=True)
    # The rights request by which it came, if it came by one.
    request_id = models.UUIDField(null=True)
    raised_at = models.DateTimeField(default=now)
    state = models.CharField(max_length=8, choices=State, default=State.RAISED)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    # When it stopped counting; from then on the row only proves what was.
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "raised_at"], name="objection_by_subject"),
            models.Index(fields=["subject_id", "activity"], name="objection_in_force", condition=Q(closed_at=None)),
            models.Index(fields=["closed_at"], name="objection_by_close"),
        ]

    def __str__(self) -> str:
        return f"objection to {self.activity}"


class Stop(models.Model):
    """An address that is not to be used for an activity, remembered without being kept, also after erasure."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.CharField(max_length=64)
    activity = models.CharField(max_length=16)
    since = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["fingerprint", "activity"], name="stop_once")]

    def __str__(self) -> str:
        return f"stop {self.activity}"


class Restriction(AboutSomebody):
    """From `since` until `lifted_at` somebody's data are stored and nothing else (GDPR art. 18)."""

    class Ground(models.TextChoices):
        """The four points of art. 18(1)."""

        ACCURACY = "accuracy", _("the person contests that the data are accurate (GDPR art. 18(1)(a))")
        UNLAWFUL = "unlawful", _("the processing is unlawful and the person opposes erasure (GDPR art. 18(1)(b))")
        CLAIMS = "claims", _("the person needs the data for a legal claim (GDPR art. 18(1)(c))")
        OBJECTION = "objection", _("the person objected and the answer is pending (GDPR art. 18(1)(d))")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ground = models.CharField(max_length=9, choices=Ground)
    request_id = models.UUIDField(null=True)
    since = models.DateTimeField(default=now)
    lift_reason = models.TextField(blank=True)
    announced_at = models.DateTimeField(null=True)
    lifts_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id"], name="restriction_in_force", condition=Q(lifted_at=None)),
            models.Index(fields=["subject_id", "since"], name="restriction_by_subject"),
            models.Index(fields=["lifted_at"], name="restriction_by_lift"),
        ]

    def __str__(self) -> str:
        return f"restriction {self.ground}"


class RefusalCount(models.Model):
    """How often an activity was refused a clearance, per reason and day. Nobody is in it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    activity = models.CharField(max_length=16)
    reason = models.CharField(max_length=16)
    day = models.DateField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["activity", "reason", "day"], name="refusals_once_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.activity} {self.reason} {self.day}: {self.number}"
