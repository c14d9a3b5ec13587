from django.utils.translation import gettext_lazy as _

from perron.delivery.digests.model import Digest
from perron.privacy.declaring import Activity, Category, NoTenants, Personal, Since

TABLES = (
    Personal(
        model=Digest,
        tenant=NoTenants("person", "one digest may tell of communities of several partners"),
        activity=Activity.SUBSCRIPTIONS,
        subject="subject_id",
        subject_kind="address",
        label=_("What your next digest will say"),
        columns={
            "subject_id": Category.EMAIL,
            "recipient_id": Category.IDENTIFIER,
            "items": Category.ACCESS,
            "made_at": Category.ACCESS,
        },
        others="id dispatch",
        words={"items": _("what it tells of"), "made_at": _("when")},
        source=_("A community that you subscribe to published something."),
        # At the latest; `rounds.forget` deletes it as soon as it has been sent.
        clock=Since(column="made_at", trigger="delivered"),
    ),
)
