"""What the table of invitations holds (as processor), for `communities.personal_data`."""

from django.utils.translation import gettext_lazy as _

from perron.communities.inviting.tables import Invitation
from perron.privacy.declaring import Activity, Category, Delete, NotPersonal, Personal, Since, Tenants

TABLES: tuple[Personal | NotPersonal, ...] = (
    Personal(
        model=Invitation,
        tenant=Tenants("community__partner", "partner"),
        activity=Activity.STAFF,
        subject="subject_id",
        subject_kind="address",
        label=_("Invitations to a role that were sent to your address"),
        columns={
            "subject_id": Category.EMAIL,
            "email": Category.EMAIL,
            "role": Category.ACCESS,
            "sent_at": Category.ACCESS,
            "expires_at": Category.ACCESS,
            "digest": Category.IDENTIFIER,
            "invited_by": Category.NAME,
        },
        others="id community partner language state",
        words={
            "email": _("e-mail address"),
            "role": _("role"),
            "sent_at": _("sent on"),
            "expires_at": _("can be accepted until"),
            "digest": _("fingerprint of the link"),
            "invited_by": _("who invited you"),
        },
        never_given="digest",
        of_others="invited_by",
        source=_("An administrator of the community or partner wrote down your address."),
        context={"community__slug": _("community"), "partner__name": _("partner"), "state": _("where it stands")},
        # Who opens it too late is told so for a few days more.
        clock=Since(column="expires_at", trigger="link_sent"),
        erasure=Delete(),
        used_in_restriction="who may act for a community is a question of its rights and safety (art. 18(2))",
    ),
)
