"""Letters of two alphabets in one word: how a name or an address is made to look like another (UTS #39 §5.1)."""

import re
import unicodedata

# Those whose letters are taken for one another.
_LOOKING_ALIKE = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
_WORD = re.compile(r"[^\W\d_]+")


def mixed_word(text: str) -> str:
    """Return the first word of `text` in which letters of alphabets that look alike are mixed; "" if there is none.

    Whole words of another alphabet are somebody's language, and beside words of ours they are no disguise.
    """
    words = _WORD.findall(unicodedata.normalize("NFKC", text))
    return next((word for word in words if len({*map(_alphabet, word)} - {""}) > 1), "")


def _alphabet(letter: str) -> str:
    first = unicodedata.name(letter, "").partition(" ")[0]
    return first if first in _LOOKING_ALIKE else ""
