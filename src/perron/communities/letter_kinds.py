from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind

_APPLIED = _("You applied with this address to publish on a commune’s app.")

_SIGNS = _("You administer a partner of ours, and this concerns an agreement with it.")

KINDS = (
    LetterKind(
        name="invitation",
        heading=_("You are invited to work with us"),
        why=_("An administrator invited this address to take up a role."),
        activity=Activity.STAFF,
        lasts=timedelta(days=7),
    ),
    LetterKind(
        name="access-review",
        heading=_("Who still needs access? Once a year, look at the list"),
        why=_("You decide who has access, and we ask you once a year to look at it."),
        activity=Activity.STAFF,
    ),
    LetterKind(
        name="agreement-to-sign",
        heading=_("An agreement waits for the signature of %(partner)s"),
        why=_SIGNS,
        activity=Activity.CONTRACTS,
    ),
    LetterKind(
        name="agreement-ended",
        heading=_("An agreement with %(partner)s has ended"),
        why=_SIGNS,
        activity=Activity.CONTRACTS,
    ),
    LetterKind(
        name="application-received",
        heading=_("Your application reached %(commune)s (%(reference)s)"),
        why=_("Somebody applied to publish on a commune’s app and gave this address."),
        activity=Activity.APPLICATIONS,
        # The person has just written, and waits for this.
        in_restriction=True,
    ),
    LetterKind(
        name="application-question",
        heading=_("A question about your application (%(reference)s)"),
        why=_APPLIED,
        activity=Activity.APPLICATIONS,
        automatic=False,
    ),
    LetterKind(
        name="application-accepted",
        heading=_("%(commune)s accepted your application (%(reference)s)"),
        why=_APPLIED,
        activity=Activity.APPLICATIONS,
    ),
    LetterKind(
        name="application-declined",
        heading=_("About your application to %(commune)s (%(reference)s)"),
        why=_APPLIED,
        activity=Activity.APPLICATIONS,
        automatic=False,
    ),
)
