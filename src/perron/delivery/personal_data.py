from django.utils.translation import gettext_lazy as _

from perron.delivery.digests.declared import TABLES as DIGESTS
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.declaring import Category, Declarations, NotPersonal, PerRow, Personal, Since

DECLARATIONS = Declarations(
    tables=(
        NotPersonal(
            model=Dispatch,
            tenant="release__community__partner",
            columns="id source about release share priority not_before expires_at cursor expanded_at ended_at tally "
            "detail digest_tally retried_at let_go_at",
            why="what was sent, and how many times",
        ),
        Personal(
            model=Delivery,
            tenant="dispatch__release__community__partner",
            activity=PerRow("activity"),
            subject="subject_id",
            subject_kind="any",
            label=_("What was sent to you"),
            columns={
                "subject_id": Category.IDENTIFIER,
                "channel": Category.ACCESS,
                "recipient_id": Category.IDENTIFIER,
                "made_at": Category.ACCESS,
                "ended_at": Category.ACCESS,
                "state": Category.ACCESS,
            },
            others="id activity subject_kind dispatch due_at tries failure",
            words={
                "channel": _("by"),
                "recipient_id": _("number of the recipient"),
                "made_at": _("when"),
                "ended_at": _("ended"),
                "state": _("what became of it"),
            },
            source=_("A community that you subscribe to published something, or the operator had news."),
            context={"dispatch__release__item__slug": _("name in the address")},
            clock=Since(column="ended_at", trigger="delivered", set_by=("perron.delivery.ending.end",)),
        ),
        *DIGESTS,
    )
)
