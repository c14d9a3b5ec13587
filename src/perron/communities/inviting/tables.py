"""Who was invited to act for a community, a partner or the operator, and has a few days to accept."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.accounts.models import Person
from perron.communities.roles import ROLES, Level, Role
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.tenancy.within import OfTenants

if TYPE_CHECKING:
    from perron.communities.models import Community, Partner


def role_fits_scope() -> models.Q:
    """Return the condition that a row's `role` is one that its community, its partner or the operator has."""
    return (
        models.Q(community__isnull=False, role__in=ROLES[Level.COMMUNITY])
        | models.Q(partner__isnull=False, role__in=ROLES[Level.PARTNER])
        | models.Q(community=None, partner=None, role__in=ROLES[Level.OPERATOR])
    )


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Queries in the words of invitations."""

    def waiting(self) -> "InvitationQuerySet":
        """Return those that can still be accepted."""
        return self.filter(state=Invitation.State.WAITING, expires_at__gt=now())


_Manager = OfTenants.from_queryset(InvitationQuerySet)


class Invitation(models.Model):
    """An address was invited to take a role at a scope. The secret of its link is kept nowhere but in the letter."""

    class State(models.TextChoices):
        """Waiting until it is accepted or taken back; it also ends by itself (`expires_at`)."""

        WAITING = "waiting", _("waits")
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("taken back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.CharField(max_length=254)
    # The subject of the address (`subjects.of_address`).
    subject_id = models.UUIDField(db_index=True)
    community = models.ForeignKey("communities.Community", models.CASCADE, null=True, related_name="invitations")
    partner = models.ForeignKey("communities.Partner", models.CASCADE, null=True, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role)
    language = models.CharField(max_length=2)
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    # Who invites; nobody any more where that account was erased.
    invited_by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(db_index=True)

    objects = _Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(community=None) | models.Q(partner=None), name="invitation_to_one"
            ),
            models.CheckConstraint(condition=role_fits_scope(), name="invitation_role_fits"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.role})"

    @property
    def scope(self) -> "Community | Partner | None":
        """What the role is held at; None for the operator."""
        return self.community or self.partner
