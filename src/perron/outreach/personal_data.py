from django.utils.translation import gettext_lazy as _

from perron.outreach.models import Conversation, Message
from perron.privacy.declaring import Activity, Category, Declarations, Personal, Since, With

DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=Conversation,
            activity=Activity.CONTACT,
            subject="subject_id",
            subject_kind="address",
            label=_("Conversations with us by the contact form"),
            columns={
                "subject_id": Category.EMAIL,
                "first_name": Category.FIRST_NAME,
                "name": Category.NAME,
                "function": Category.FUNCTION,
                "email": Category.EMAIL,
                "telephone": Category.TELEPHONE,
                "heading": Category.MESSAGE,
                "began_at": Category.MESSAGE,
                "last_contact_at": Category.MESSAGE,
                "assigned_to": Category.NAME,
            },
            others="id reference language platform state waiting_since",
            provided="first_name name function email telephone heading",
            words={
                "began_at": _("when you wrote first"),
                "last_contact_at": _("last contact"),
                "assigned_to": _("who takes care of it"),
            },
            context={"reference": _("reference"), "platform__name": _("app"), "language": _("language")},
            of_others="assigned_to",
            clock=Since(column="last_contact_at", trigger="last_contact"),
        ),
        Personal(
            model=Message,
            activity=Activity.CONTACT,
            subject="conversation__subject_id",
            subject_kind="address",
            label=_("What was said in them"),
            columns={"text": Category.MESSAGE, "at": Category.MESSAGE, "by": Category.NAME},
            others="id conversation kind letter",
            provided="text",
            words={"text": _("message"), "at": _("when"), "by": _("who of us wrote it")},
            context={"conversation__reference": _("reference"), "kind": _("how")},
            of_others="by",
            clock=With(column="conversation"),
        ),
    ),
)
