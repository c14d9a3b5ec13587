"""What the operator and a partner agreed, who signed it, and whom to turn to at the partner."""

from datetime import date, datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.naming import validate_phone
from perron.core.clock import BRUSSELS, now
from perron.core.identifiers import uuid7
from perron.privacy.hiding import Unrestricted
from perron.privacy.tenancy.within import OfTenants


class Agreement(models.Model):
    """A text between the operator and a partner: open until both have signed, then in force, then ended.

    `text` is what was signed, word for word (`privacy.policy.deeds`), and never changes. The signed document is a PDF
    in the default storage (`keeping.file_name`).
    """

    class Kind(models.TextChoices):
        """What is agreed: the arrangement of GDPR art. 26, or the contract of art. 28(3)."""

        ARRANGEMENT = "arrangement", _("Arrangement on accounts between joint controllers")
        CONTRACT = "contract", _("Processing contract")

    class HandOver(models.TextChoices):
        """What becomes of the data at the end (GDPR art. 28(3)(g))."""

        ERASE = "erase", _("The data are erased")
        RETURN = "return", _("The data are handed over first, then erased")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey("communities.Partner", models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=12, choices=Kind)
    # Of which version of the policy, by its day, and in which language.
    policy_version = models.DateField()
    language = models.CharField(max_length=2)
    # The partner's name, number and address as the text says them.
    particulars = models.JSONField(default=dict)
    text = models.TextField()
    # SHA-256 of the text and of the PDF, in hexadecimal.
    text_hash = models.CharField(max_length=64)
    file_hash = models.CharField(max_length=64, blank=True)
    # Sub-organisations of the partner are bound by it too.
    with_children = models.BooleanField(default=False)
    # Signed by hand, and uploaded; `signed_on` is the day that the paper says.
    on_paper = models.BooleanField(default=False)
    signed_on = models.DateField(null=True)
    # Who signed first, or uploaded it.
    begun_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField(default=now)
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, db_index=True)
    # Another one took its place: nothing that depends on it ends.
    replaced = models.BooleanField(default=False)
    hand_over = models.CharField(max_length=6, choices=HandOver, blank=True)
    # The day on which what was processed under it is gone, and when it was.
    due_on = models.DateField(null=True)
    wound_down_at = models.DateTimeField(null=True)
    # The entry of evidence that says what was signed.
    evidence = models.PositiveBigIntegerField(null=True)
    # The version of the policy for which the partner was last asked to sign again.
    asked_for = models.DateField(null=True)

    objects = OfTenants["Agreement"]()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "kind"],
                condition=Q(in_force_at__isnull=False, ended_at=None),
                name="one_agreement_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.partner_id}"

    @property
    def begun_on(self) -> date:
        """The day, in Belgium, on which it was begun."""
        return _day(self.begun_at)

    @property
    def in_force_on(self) -> date | None:
        """The day since which it binds."""
        return self.in_force_at and _day(self.in_force_at)

    @property
    def ended_on(self) -> date | None:
        """The day on which it ended."""
        return self.ended_at and _day(self.ended_at)

    @property
    def wound_down_on(self) -> date | None:
        """The day since which what was processed under it is gone."""
        return self.wound_down_at and _day(self.wound_down_at)

    @property
    def is_open(self) -> bool:
        """Whether it waits for a signature."""
        return self.in_force_at is None and self.ended_at is None

    @property
    def is_in_force(self) -> bool:
        """Whether it binds now."""
        return self.in_force_at is not None and self.ended_at is None


class Signature(models.Model):
    """Somebody signed an agreement in the program, for one of its two sides."""

    class Side(models.TextChoices):
        """For whom."""

        PARTNER = "partner", _("for the partner")
        OPERATOR = "operator", _("for the operator")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="signatures")
    side = models.CharField(max_length=8, choices=Side)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    # As the person wrote them when signing: they stand in the signed document.
    name = models.CharField(max_length=120)
    capacity = models.CharField(max_length=120)
    at = models.DateTimeField(default=now)
    # Of the text that was shown.
    text_hash = models.CharField(max_length=64)
    # The partner undertakes to tell its staff what is done with their data (POLICY-FACTS X1).
    informs_staff = models.BooleanField(default=False)

    objects = OfTenants["Signature"]()

    class Meta:
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.side} {self.agreement_id}"

    @property
    def on(self) -> date:
        """The day, in Belgium."""
        return _day(self.at)


class Contact(models.Model):
    """Whom to turn to at a partner: for the contract, or its data-protection officer (GDPR art. 37)."""

    class Kind(models.TextChoices):
        """For what."""

        CONTRACT = "contract", _("Contact")
        OFFICER = "officer", _("Data-protection officer")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    partner = models.ForeignKey("communities.Partner", models.CASCADE, related_name="contacts")
    kind = models.CharField(_("for what"), max_length=8, choices=Kind, default=Kind.CONTRACT)
    # The subject of the address (`subjects.of_address`).
    subject_id = models.UUIDField(db_index=True)
    name = models.CharField(_("name"), max_length=120)
    function = models.CharField(_("function"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"))
    phone = models.CharField(_("telephone"), max_length=30, blank=True, validators=[validate_phone])
    # When the last agreement with the partner ended: its clock.
    ended_at = models.DateTimeField(null=True, blank=True, db_index=True)

    objects = Unrestricted["Contact"]()
    stored = models.Manager["Contact"]()

    class Meta:
        ordering: ClassVar = ["kind", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["partner", "kind", "email"],
                name="contact_once",
                violation_error_message=_("This person is listed already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


def _day(moment: datetime) -> date:
    return moment.astimezone(BRUSSELS).date()
