from django.utils.translation import gettext_lazy as _

from perron.letters.models import Letter
from perron.privacy.declaring import Category, Declarations, PerRow, Personal, Since

_DONE = ("perron.letters.posting.post_due",)

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=Letter,
            activity=PerRow("activity"),
            subject="subject_id",
            subject_kind="any",
            label=_("Messages to you, waiting or sent"),
            columns={
                "subject_id": Category.IDENTIFIER,
                "to": Category.EMAIL,
                "language": Category.ACCESS,
                "context": Category.MESSAGE,
                "written_at": Category.TRACE,
                "ended_at": Category.TRACE,
            },
            words={"written_at": _("Written on"), "ended_at": _("Sent or given up on")},
            # Until it is sent, it may hold a link with which to sign in.
            never_given="context",
            others="id kind activity subject_kind message_id references reply_to due_at tries was_sent failure",
            clock=Since(column="ended_at", trigger="letter_sent", set_by=_DONE),
            used_in_restriction="letters to sign in and to exercise rights still go out; a clearance stops the others",
        ),
    ),
)
