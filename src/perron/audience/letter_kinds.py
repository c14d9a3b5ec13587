from django.utils.translation import gettext_lazy as _

from perron.audience.subscribing import LASTS
from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind

KINDS = (
    LetterKind(
        name="subscription-confirm",
        heading=_("Confirm that you want to hear from %(community)s"),
        why=_("Somebody asked on our site for messages to this address."),
        activity=Activity.SUBSCRIPTIONS,
        # The person has just asked, and waits for this.
        in_restriction=True,
        lasts=LASTS,
        # Of who does not confirm, nothing stays.
        forgets_address=True,
    ),
    LetterKind(
        name="subscription-ended",
        heading=_("You are unsubscribed"),
        why=_("You unsubscribed, and we confirm it once."),
        activity=Activity.SUBSCRIPTIONS,
        in_restriction=True,
        forgets_address=True,
    ),
    LetterKind(
        name="webhook-off",
        heading=_("A webhook of %(community)s was switched off"),
        why=_("You administer what this community publishes, and other programs are told of it."),
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="subscription-closed",
        heading=_("No more messages from %(partner)s"),
        why=_("You had subscribed to messages that have ended, and we say so once."),
        activity=Activity.SUBSCRIPTIONS,
        forgets_address=True,
    ),
)
