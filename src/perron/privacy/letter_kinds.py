"""What a letter is, and the letters that privacy itself needs.

Each package with letters has a `letter_kinds.py` with its `KINDS`; the words are in its `templates/letters/`, a pair of
files `<name>.txt` and `<name>.html` that extend `letters/base.txt` and `letters/base.html`. The package `letters`
collects and renders them.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

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


def _right(name: str, heading: str | Promise, why: str | Promise, **more: Any) -> LetterKind:
    """Return a letter that serves rights: it reaches somebody whose data are restricted, too."""
    return LetterKind(name=name, heading=heading, why=why, activity=Activity.RIGHTS, in_restriction=True, **more)


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
    _right(
        "restriction-ends",
        _("Your data will be used again from %(day)s"),
        _("Your data are stored and not used, and we announce it before that ends (GDPR art. 18(3))."),
    ),
    _right("rights-link", _("Your link to exercise your rights"), _ASKED_HERE, lasts=timedelta(minutes=30)),
    _right("request-received", _("We have your request %(reference)s"), _OWN),
    _right("identity-asked", _("Your request %(reference)s: show us that it is you"), _OWN),
    _right("request-extended", _("Your request %(reference)s takes longer"), _OWN),
    _right("request-answered", _("Our answer to your request %(reference)s"), _OWN),
    _right("request-refused", _("Your request %(reference)s is refused"), _OWN),
    _right("request-withdrawn", _("Your request %(reference)s is taken back"), _OWN),
    _right("request-closed", _("Your request %(reference)s is closed"), _OWN),
    _right("request-new", _("To be answered by %(due_day)s: request %(reference)s"), _STAFF),
    _right("request-due", _("To be answered by %(due_day)s: request %(reference)s"), _STAFF),
    _right("request-overdue", _("Overdue since %(due_day)s: request %(reference)s"), _STAFF),
    _right("request-partner-said", _("%(partner)s answers about request %(reference)s"), _STAFF),
    _right("request-to-controller", _("For you to decide: request %(reference)s"), _PARTNER),
    _right("request-to-joint", _("For your information: request %(reference)s"), _PARTNER),
    _right("request-to-recipient", _("Do the same with what you hold: request %(reference)s"), _PARTNER),
    _right("breach-new", _("A breach of security was entered: %(reference)s"), _STAFF),
    _right("breach-due", _("The authority is not told yet: breach %(reference)s"), _STAFF),
    _right("breach-overdue", _("72 hours have passed: breach %(reference)s"), _STAFF),
    _right(
        "breach-to-partner", _("A breach of security concerns data that we process for you: %(reference)s"), _PARTNER
    ),
    _right(
        "breach-to-person",
        _("About the security of your data (%(reference)s)"),
        _("A breach of security concerns your data, and you have a right to know (GDPR art. 34)."),
        automatic=False,
    ),
)
