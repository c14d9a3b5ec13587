from django.utils.translation import gettext_lazy as _

from perron.letters.models import Bounce, Letter
from perron.privacy.declaring import Activity, Category, Declarations, NoTenants, PerRow, Personal, Since

_DONE = ("perron.letters.posting.post_due",)

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=Letter,
            tenant=NoTenants("person", "to one person, from whoever writes"),
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
        Personal(
            model=Bounce,
            tenant=NoTenants("person", "an address is one, whoever writes to it"),
            activity=Activity.SUBSCRIPTIONS,
            subject="subject_id",
            subject_kind="address",
            label=_("That messages to you came back"),
            columns={
                "subject_id": Category.EMAIL,
                "noted_at": Category.ACCESS,
                "suppressed_at": Category.ACCESS,
                "status": Category.ACCESS,
            },
            words={
                "noted_at": _("last on"),
                "suppressed_at": _("nothing more is sent since"),
                "status": _("why, as a code of mail servers"),
            },
            others="id days",
            source=_("A mail server told us that a message to you could not be delivered."),
            # So long after the last message that went there, it may be tried again.
            clock=Since(column="noted_at", trigger="delivered", set_by=("perron.letters.bounces.note",)),
        ),
    ),
)
