"""The table of what staff looked at. The rules are in `viewing`."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.wishes import AboutSomebody


class What(models.TextChoices):
    """Which of somebody's data a page shows, as that person reads it."""

    ACCOUNT = "account", _("your account")
    APPLICATION = "application", _("your application to publish")
    AGREEMENT = "agreement", _("an agreement that you signed")
    ARCHIVE = "archive", _("the copy of your data, made to be given to you")
    CONTACT = "contact", _("that you are a contact of a partner")
    CONVERSATION = "conversation", _("what you wrote to us, and our answers")
    DELIVERY = "delivery", _("a message to you that did not arrive")
    EVIDENCE = "evidence", _("the evidence of what was done with your data")
    LETTER = "letter", _("a letter to you")
    MEMBERS = "members", _("your role, in a list of members")
    PARTNER = "partner", _("everything of a partner, and you in it, in one archive")
    PROOF = "proof", _("the proof of a closed request")
    REQUEST = "request", _("your request about your data")
    RESTRICTION = "restriction", _("that your data are set aside")
    REVIEW = "review", _("this list of who looked at your data, in a review")


class Look(AboutSomebody):
    """Somebody of the staff opened a page with somebody's data. Rows are added, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=now)
    what = models.CharField(max_length=20, choices=What)
    # The reason that was asked; "" where the page is itself the reason.
    why = models.CharField(max_length=300, blank=True)
    viewer_kind = models.CharField(max_length=8)
    viewer_id = models.UUIDField(null=True)
    # For whom the viewer acted: a partner's name; "" for the operator.
    on_behalf_of = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "at"], name="look_by_subject"),
            models.Index(fields=["viewer_id", "at"], name="look_by_viewer"),
            models.Index(fields=["at"], name="look_by_age"),
        ]

    def __str__(self) -> str:
        return self.what
