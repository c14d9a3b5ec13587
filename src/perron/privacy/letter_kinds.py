"""What a letter is, and the letters that privacy itself needs.

Each package with letters has a `letter_kinds.py` with its `KINDS`; the words are in its `templates/letters/`, a pair of
files `<name>.txt` and `<name>.html` that extend `letters/base.txt` and `letters/base.html`. The package `letters`
collects and renders them.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity


@dataclass(frozen=True, kw_only=True)
class LetterKind:
    """A sort of letter.

    `heading` is its subject line, with `%(key)s` for values of its context; `why` completes the foot of the page: why
    the reader gets it. `in_restriction` lets it through to somebody whose data are restricted (GDPR art. 18(2)): to
    sign in, and to exercise rights. After `lasts` it is of no use any more and is given up. `automatic` is False
    for what a person wrote. `forgets_address`: once it is sent, not even the address stays.
    """

    name: str
    heading: str | Promise
    why: str | Promise
    activity: Activity
    in_restriction: bool = False
    lasts: timedelta = timedelta(days=5)
    automatic: bool = True
    forgets_address: bool = False


# Why letters about rights requests are sent (`privacy.requests.telling`).
_ASKED_HERE = _("Somebody asked on our site for a link to this address.")
_OWN = _("You exercise your rights over your data.")
_STAFF = _("You answer requests about data for the operator.")
_PARTNER = _("You administer a partner whom this request concerns.")

KINDS = (
    LetterKind(
        name="policy-changes",
        heading=_("Our data-protection policy changes on %(day)s"),
        why=_("You have an account with us, and we announce changes of the policy to everybody whose data we hold."),
        activity=Activity.ACCOUNTS,
        # What the reader is owed before a new purpose begins (GDPR art. 13(3)).
        in_restriction=True,
    ),
    LetterKind(
        name="restriction-ends",
        heading=_("Your data will be used again from %(day)s"),
        why=_("Your data are stored and not used, and we announce it before that ends (GDPR art. 18(3))."),
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="rights-link",
        heading=_("Your link to exercise your rights"),
        why=_ASKED_HERE,
        activity=Activity.RIGHTS,
        in_restriction=True,
        lasts=timedelta(minutes=30),
    ),
    LetterKind(
        name="request-received",
        heading=_("We have your request %(reference)s"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="identity-asked",
        heading=_("Your request %(reference)s: show us that it is you"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-extended",
        heading=_("Your request %(reference)s takes longer"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-answered",
        heading=_("Our answer to your request %(reference)s"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-refused",
        heading=_("Your request %(reference)s is refused"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-withdrawn",
        heading=_("Your request %(reference)s is taken back"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-closed",
        heading=_("Your request %(reference)s is closed"),
        why=_OWN,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-new",
        heading=_("To be answered by %(due_day)s: request %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-due",
        heading=_("To be answered by %(due_day)s: request %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-overdue",
        heading=_("Overdue since %(due_day)s: request %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-partner-said",
        heading=_("%(partner)s answers about request %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-to-controller",
        heading=_("For you to decide: request %(reference)s"),
        why=_PARTNER,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-to-joint",
        heading=_("For your information: request %(reference)s"),
        why=_PARTNER,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="request-to-recipient",
        heading=_("Do the same with what you hold: request %(reference)s"),
        why=_PARTNER,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="breach-new",
        heading=_("A breach of security was entered: %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="breach-due",
        heading=_("The authority is not told yet: breach %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="breach-overdue",
        heading=_("72 hours have passed: breach %(reference)s"),
        why=_STAFF,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="breach-to-partner",
        heading=_("A breach of security concerns data that we process for you: %(reference)s"),
        why=_PARTNER,
        activity=Activity.RIGHTS,
        in_restriction=True,
    ),
    LetterKind(
        name="breach-to-person",
        heading=_("About the security of your data (%(reference)s)"),
        why=_("A breach of security concerns your data, and you have a right to know (GDPR art. 34)."),
        activity=Activity.RIGHTS,
        in_restriction=True,
        automatic=False,
    ),
)
