"""What there was to say became a dispatch, and a delivery for each who wanted it, from waiting to its one end."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.audience.models import Channel
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.delivery.digests.model import Digest
from perron.privacy.hiding import Unrestricted
from perron.privacy.subjects import Subject, of_row
from perron.privacy.tenancy.within import OfTenants
from perron.privacy.wishes import AboutSomebody
from perron.publishing.models import Release

__all__ = ["Delivery", "Digest", "Dispatch"]


class Dispatch(models.Model):
    """Something on its way to those who want it. It outlives its deliveries: of them the tally stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Of which source it is (`delivery.sources`), and which of that: a release, a campaign.
    source = models.CharField(max_length=12)
    about = models.UUIDField()
    # What it tells of, where that is one release: only these belong to a partner.
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="dispatches", null=True)
    # With whom it takes turns: those of the partner that released it. None: the operator.
    share = models.UUIDField(null=True)
    # Lower goes first.
    priority = models.PositiveSmallIntegerField()
    # A release can be taken back within its first seconds: until then nothing leaves.
    not_before = models.DateTimeField()
    # Later it is of no use any more.
    expires_at = models.DateTimeField()
    # The last that was looked at of those who may want it.
    cursor = models.UUIDField(null=True)
    expanded_at = models.DateTimeField(null=True)
    # When the last of its deliveries had ended.
    ended_at = models.DateTimeField(null=True)
    # How many ended how, once all have: {"sent": 812, "gone": 3}.
    tally = models.JSONField(default=dict)
    # The same by channel and reason: [["email", "refused", "restricted", 3], …].
    detail = models.JSONField(default=list)
    # Of a first release: how many readers it reached by their digests, by round and state (`digests.tallying`).
    digest_tally = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    # When somebody had those tried again that were not taken, which is possible once, and when they were let go.
    retried_at = models.DateTimeField(null=True)
    let_go_at = models.DateTimeField(null=True)

    objects = OfTenants["Dispatch"]()

    class Meta:
        verbose_name_plural = "dispatches"
        # However many workers find it.
        constraints: ClassVar = [models.UniqueConstraint(fields=["source", "about"], name="dispatch_once")]
        indexes: ClassVar = [
            models.Index(fields=["priority", "id"], name="dispatch_open", condition=models.Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Delivery(AboutSomebody):
    """One message to one recipient. `state` says where it stands; from all but the first it does not move on, unless
    somebody has what was not taken tried again (`dead_letters`)."""

    class State(models.TextChoices):
        """Where a delivery stands, and how it can end."""

        WAITING = "waiting", _("on its way")
        SENT = "sent", _("sent")
        # The recipient's server said that it never will take it.
        FAILED = "failed", _("not taken by the other side")
        GIVEN_UP = "given_up", _("given up after many tries")
        # There was no clearance: restricted or objected.
        REFUSED = "refused", _("may not be used")
        # Unsubscribed or erased meanwhile.
        GONE = "gone", _("unsubscribed meanwhile")
        # Withdrawn, or its time was over.
        EXPIRED = "expired", _("not sent: withdrawn or over")

    # Begins the identifier of its message: the same at every try, so that one that arrives twice is known for one.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Found by the two indexes below that begin with it.
    dispatch = models.ForeignKey(Dispatch, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    activity = models.CharField(max_length=16)
    channel = models.CharField(max_length=8, choices=Channel)
    # Of the source's recipients. No foreign key: who unsubscribes is gone at once, and what was sent remains.
    recipient_id = models.UUIDField()
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    # Not before then; whoever is sending it has moved this into the future, so that nobody else does.
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    # Why the last try failed: a code, without a word about anybody.
    failure = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField(default=now)

    objects = Unrestricted["Delivery"]()
    # Where a delivery ends because its reader's data are restricted, and where it is counted.
    stored = models.Manager["Delivery"]()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [models.UniqueConstraint(fields=["dispatch", "subject_id"], name="delivery_once")]
        indexes: ClassVar = [
            models.Index(
                fields=["dispatch", "channel", "due_at"], name="delivery_due", condition=models.Q(state="waiting")
            ),
            models.Index(fields=["subject_id"], name="delivery_by_subject"),
            models.Index(fields=["ended_at"], name="delivery_ended"),
            models.Index(
                fields=["dispatch"], name="delivery_dead", condition=models.Q(state__in=("failed", "given_up"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def subject(self) -> Subject:
        """Whose address it goes to."""
        return of_row(self)
