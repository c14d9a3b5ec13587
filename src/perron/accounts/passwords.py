"""What a password may be (NIST SP 800-63B-4 §3.1.1): long rather than complicated, in any letters, never cut off."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# It is the only factor of whoever has no second one.
SHORTEST, LONGEST = 15, 256


class LengthValidator:
    """Refuses what is too short to be safe, and what is too long to be hashed at everybody's wish."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002 Django passes it
        """Raise `ValidationError` with the sentence to show. Lengths are counted in characters."""
        if len(password) > LONGEST:
            raise ValidationError(
                _("A password has at most %(most)d characters.") % {"most": LONGEST}, code="password_too_long"
            )
        if len(usual(password)) < SHORTEST:
            raise ValidationError(
                _("A password has at least %(least)d characters. A few words in a row are easy to keep in mind.")
                % {"least": SHORTEST},
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        """Return what to say beside the field."""
        return _("At least %(least)d characters. A few words in a row are easy to keep in mind.") % {"least": SHORTEST}


def usual(password: str) -> str:
    """Return the password as it is hashed: the same, on whichever keyboard it was typed (Unicode's form NFKC)."""
    return unicodedata.normalize("NFKC", password)
