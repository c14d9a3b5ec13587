from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind

_ASKED = _("Somebody asked for an account with this address.")
_YOURS = _("You have an account with this address, and we tell you when how you sign in changes.")
_MOVING = _("Somebody wants to sign in to an account with another address.")


def _kind(name: str, heading: str | Promise, why: str | Promise, **more: Any) -> LetterKind:
    """Return a letter that reaches somebody whose data are restricted, too: it is about getting in, or out."""
    return LetterKind(name=name, heading=heading, why=why, activity=Activity.ACCOUNTS, in_restriction=True, **more)


KINDS = (
    _kind("account-open", _("Open your account"), _ASKED, lasts=timedelta(hours=12)),
    _kind("account-there", _("You have an account already"), _ASKED, lasts=timedelta(hours=12)),
    _kind("account-closed", _("Your account is closed"), _("You closed your account."), forgets_address=True),
    _kind("address-leaves", _("Is your account to get another address?"), _MOVING, lasts=timedelta(hours=12)),
    _kind("address-comes", _("Confirm your new address"), _MOVING, lasts=timedelta(hours=12)),
    _kind("address-taken", _("This address has an account already"), _MOVING, lasts=timedelta(hours=12)),
    _kind("address-changed", _("Your account has another address"), _MOVING),
    # Whose account is taken over must learn of it.
    _kind("sign-in-changed", _("Something changed in how you sign in"), _YOURS),
    _kind("new-device", _("You signed in on a new device"), _YOURS, lasts=timedelta(days=2)),
)
