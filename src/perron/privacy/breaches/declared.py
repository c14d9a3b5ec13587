"""What the tables of breaches hold (activity F), for `privacy.personal_data`."""

from django.utils.translation import gettext_lazy as _

from perron.privacy.breaches.tables import Breach, BreachParty, BreachTold
from perron.privacy.declaring import Activity, Category, Keep, NoTenants, NotPersonal, Personal, Since

TABLES: tuple[Personal | NotPersonal, ...] = (
    NotPersonal(
        model=Breach,
        tenant=NoTenants("operator", "its register of breaches"),
        columns=(
            "id reference known_at entered_at happened concerned people records consequences measures risk risk_why "
            "notified_at authority_reference late_because untold_because words telling_since told reached reminded "
            "closed_at"
        ),
        why="what happened and what was done about it, in words that name nobody (GDPR art. 33(5))",
    ),
    NotPersonal(
        model=BreachParty,
        tenant=NoTenants("operator", "whom it told of a breach"),
        columns="id breach tenant_id name told_at acknowledged_at",
        why="which organisations were told of a breach, and when",
    ),
    Personal(
        model=BreachTold,
        tenant=NoTenants("person", "who was told of a breach"),
        activity=Activity.RIGHTS,
        subject="subject_id",
        subject_kind="any",
        label=_("That you were told of a breach of security"),
        words={"at": _("when")},
        context={"breach__reference": _("number")},
        columns={"subject_id": Category.PROOF, "at": Category.PROOF},
        others="id subject_kind breach",
        clock=Since(column="at", trigger="request_closed"),
        erasure=Keep(reason="liability", citation="GDPR art. 17(3)(b)"),
        used_in_restriction="that somebody was told is kept as proof (art. 18(2))",
    ),
)
