from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind

_READERS = _("You write for a community where a second person reads before release.")
_WHY = _("You look after what this community publishes, and one of its sources needs a look.")

KINDS = (
    LetterKind(name="review-asked", heading=_("To be read: %(title)s"), why=_READERS, activity=Activity.STAFF),
    LetterKind(name="review-accepted", heading=_("Accepted: %(title)s"), why=_READERS, activity=Activity.STAFF),
    LetterKind(name="review-sent-back", heading=_("Sent back: %(title)s"), why=_READERS, activity=Activity.STAFF),
    LetterKind(
        name="first-item-sent-back",
        heading=_("Not public yet: %(title)s"),
        why=_("Your first items are looked at by your commune before they are public."),
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="source-failing",
        heading=_("The source “%(source)s” has failed since %(since_day)s"),
        why=_WHY,
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="source-held",
        heading=_("The source “%(source)s” lost much of what it had: decide"),
        why=_WHY,
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="offers-waiting",
        heading=_("%(community)s was offered items, and they wait for an answer"),
        why=_("You decide what this community shows of what others offer."),
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="source-gone",
        heading=_("The source “%(source)s” is gone"),
        why=_WHY,
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="archive-ready",
        heading=_("Everything of %(partner)s is ready to be fetched"),
        why=_("You administer a partner of ours, and its contract with us has ended."),
        activity=Activity.CONTRACTS,
    ),
    LetterKind(
        name="source-works",
        heading=_("The source “%(source)s” works again"),
        why=_("We wrote to you that this source failed."),
        activity=Activity.STAFF,
    ),
)
