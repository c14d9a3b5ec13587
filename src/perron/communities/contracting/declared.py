"""What the tables of agreements hold (activity D), for `communities.personal_data`."""

from django.utils.translation import gettext_lazy as _

from perron.communities.contracting.keeping import files_of
from perron.communities.contracting.tables import Agreement, Contact, Signature
from perron.privacy.declaring import Activity, Category, Keep, NotPersonal, Personal, Since, With

_CLAIMS = "what was agreed is kept to establish and defend claims (art. 18(2))"

TABLES: tuple[Personal | NotPersonal, ...] = (
    Personal(
        model=Agreement,
        tenant="partner",
        activity=Activity.CONTRACTS,
        subject="begun_by_id",
        label=_("Agreements between the operator and partners that you began"),
        columns={"begun_by": Category.NAME},
        others="id partner kind policy_version language particulars text text_hash file_hash with_children "
        "on_paper signed_on begun_at in_force_at ended_at replaced hand_over due_on wound_down_at evidence "
        "asked_for",
        words={"begun_by": _("who signed first, or uploaded it")},
        context={
            "kind": _("agreement"),
            "partner__name": _("partner"),
            "begun_at": _("begun on"),
            "ended_at": _("ended on"),
        },
        # The signed document names who signed it.
        files=files_of,
        clock=Since(
            column="ended_at",
            trigger="contract_ended",
            set_by=("perron.communities.contracting.ending.close",),
        ),
        erasure=Keep(reason="liability", citation="GDPR art. 17(3)(e)"),
        used_in_restriction=_CLAIMS,
    ),
    Personal(
        model=Signature,
        tenant="agreement__partner",
        activity=Activity.CONTRACTS,
        subject="person_id",
        label=_("Agreements that you signed"),
        columns={"person": Category.NAME, "name": Category.NAME, "capacity": Category.ORGANISATION},
        others="id agreement side at text_hash informs_staff",
        provided="name capacity",
        words={"person": _("account"), "name": _("name"), "capacity": _("capacity")},
        context={
            "agreement__kind": _("agreement"),
            "agreement__partner__name": _("partner"),
            "side": _("for whom"),
            "at": _("signed on"),
            "text_hash": _("SHA-256 of the text"),
        },
        clock=With(column="agreement"),
        erasure=Keep(reason="liability", citation="GDPR art. 17(3)(e)"),
        used_in_restriction=_CLAIMS,
    ),
    Personal(
        model=Contact,
        tenant="partner",
        activity=Activity.CONTRACTS,
        subject="subject_id",
        subject_kind="address",
        label=_("That you are a contact of a partner"),
        columns={
            "subject_id": Category.EMAIL,
            "name": Category.NAME,
            # What somebody is at their organisation.
            "function": Category.ORGANISATION,
            "email": Category.EMAIL,
            "phone": Category.TELEPHONE,
        },
        others="id partner kind ended_at",
        words={"function": _("function")},
        source=_("The partner, or somebody of the operator, noted it."),
        context={"partner__name": _("partner"), "kind": _("for what")},
        clock=Since(
            column="ended_at",
            trigger="contract_ended",
            set_by=("perron.communities.contracting.ending.close",),
        ),
    ),
)
