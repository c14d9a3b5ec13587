"""Plain text: cleaned when it comes in, normalised when it is compared."""

import re
import unicodedata

# Characters that change the direction of what follows, beyond their own line (Trojan Source, CVE-2021-42574).
_BIDI = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_NOT_IN_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# No-break spaces stay: French puts them before ; : ! ? and inside « ».
_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
_BLANK_LINES = re.compile(r"\n{3,}")
# The keyboard's apostrophe inside a word, or before what is filled in later ("l'{operator}", "d'%(who)s").
_APOSTROPHE = re.compile(r"(?<=\w)'(?=[\w{%])")
# In Dutch words may begin with one: 's ochtends, 't is.
_DUTCH_APOSTROPHE = re.compile(r"(?<![\w'])'(?=[nst]\b)", re.IGNORECASE)
_FRENCH_CLOSING = re.compile(" ([:;?!»])")


def clean_line(text: str) -> str:
    """Return `text` as one line: NFC, without control or direction-changing characters, spaces collapsed."""
    return _SPACES.sub(" ", _without_controls(_SPACES.sub(" ", text))).strip()


def clean_text(text: str) -> str:
    """Return `text` with its lines kept: NFC, `\\n` ends, without control or direction-changing characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cleaned = "\n".join(_without_controls(line).rstrip() for line in lines)
    return _BLANK_LINES.sub("\n\n", cleaned).strip("\n")


def for_xml(text: str) -> str:
    """Return `text` without the characters that XML 1.0 (§2.2) has no way to write."""
    return _NOT_IN_XML.sub("", text)


def normalise(text: str) -> str:
    """Return `text` as it is compared and searched: case and accents folded, punctuation to spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    kept = (c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return _SPACES.sub(" ", "".join(kept)).strip()


def typeset(text: str, language: str) -> str:
    """Return `text`, typed as a keyboard has it, as it is printed: with the apostrophe of print, and in French with
    the spaces at which no line breaks (before : ; ? ! and inside guillemets)."""
    printed = _APOSTROPHE.sub("’", text)
    if language == "nl":
        printed = _DUTCH_APOSTROPHE.sub("’", printed)
    if language != "fr":
        return printed
    return _FRENCH_CLOSING.sub("\N{NO-BREAK SPACE}\\1", printed).replace("« ", "«\N{NO-BREAK SPACE}")


def shorten(text: str, length: int) -> str:
    """Return at most `length` characters of `text`, cut between words, with an ellipsis if it was cut."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return (head.rsplit(" ", 1)[0] if " " in head[length // 2 :] else head).rstrip(" ,;:.") + "…"


def _without_controls(text: str) -> str:
    normal = unicodedata.normalize("NFC", text).translate(_BIDI)
    return "".join(c for c in normal if c == "\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"})


def printable(text: str) -> str:
    """Return `text` in the characters that the fonts of every PDF reader have: others lose their accents."""
    shown = []
    for character in unicodedata.normalize("NFC", text):
        for candidate in (character, unicodedata.normalize("NFKD", character)[0], "?"):
            try:
                candidate.encode("cp1252")
            except UnicodeEncodeError:
                continue
            shown.append(candidate)
            break
    return "".join(shown)
