"""What somebody may be called: any words in any language, as long as they are what they look like."""

import unicodedata

from django.utils.translation import gettext as _

from perron.core.alphabets import mixed_word
from perron.core.errors import Refused
from perron.core.text import clean_line

LONGEST_NAME = 100
# Letters that nobody sees; some languages write with the joiners.
_JOINERS = "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, each letter in its usual form, nothing invisible.

    Raises `Refused` for what is too long, and for a word that mixes alphabets which look alike.
    """
    if len(text) > 4 * LONGEST_NAME:
        raise _too_long()
    usual = clean_line(unicodedata.normalize("NFKC", text))
    name = "".join(c for c in usual if unicodedata.category(c) != "Cf" or c in _JOINERS).strip()
    if len(name) > LONGEST_NAME:
        raise _too_long()
    if word := mixed_word(name):
        raise Refused(
            _("“%(word)s” mixes letters of two alphabets that look alike. Type the name anew.") % {"word": word}
        )
    return name


def _too_long() -> Refused:
    return Refused(_("A name has at most %(most)d characters.") % {"most": LONGEST_NAME})
