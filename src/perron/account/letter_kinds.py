from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity
from perron.privacy.letter_kinds import LetterKind

KINDS = (
    LetterKind(
        name="password-reset",
        heading=_("Choose a new password"),
        why=_("Somebody asked for a new password for the account with this address."),
        activity=Activity.ACCOUNTS,
        # Without signing in, nobody reaches their own data.
        in_restriction=True,
        lasts=timedelta(hours=12),
    ),
)
