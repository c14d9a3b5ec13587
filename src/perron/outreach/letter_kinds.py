from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind

KINDS = (
    LetterKind(
        name="contact-received",
        heading=_("We received your message (%(reference)s)"),
        why=_("Somebody wrote to us by our contact form and gave this address."),
        activity=Activity.CONTACT,
        # The person has just written, and waits for this.
        in_restriction=True,
    ),
    LetterKind(
        name="contact-answer",
        heading="Re: %(heading)s (%(reference)s)",
        why=_("You wrote to us by our contact form, and this is our answer."),
        activity=Activity.CONTACT,
        automatic=False,
    ),
)
