from django.utils.translation import gettext_lazy as _

from perron.outreach.newsletter.joining import LASTS
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
    LetterKind(
        name="news-confirm",
        heading=_("Confirm that you want our news"),
        why=_("Somebody asked on our site for our news to this address."),
        # Nobody has agreed to promotion yet. That whoever did is the owner of the address is what has to be proved
        # (GDPR arts 5(2), 7(1)).
        activity=Activity.RIGHTS,
        in_restriction=True,
        lasts=LASTS,
        forgets_address=True,
    ),
    LetterKind(
        name="news-stopped",
        heading=_("You get no more news from us"),
        why=_("You asked us to stop, and we confirm it once."),
        # An objection is a right exercised; for promotion nobody may write any more.
        activity=Activity.RIGHTS,
        in_restriction=True,
        forgets_address=True,
    ),
    LetterKind(
        name="news-test",
        heading=_("Test: %(of)s"),
        why=_("You sent yourself a test of this message."),
        activity=Activity.ACCOUNTS,
    ),
)
