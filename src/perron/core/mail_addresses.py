"""E-mail addresses: checked when they come in, and written in one way (RFC 5321 §4.1.2, RFC 5891)."""

import re

import idna
from django.utils.translation import gettext as _

from perron.core.alphabets import mixed_word
from perron.core.errors import Refused

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
# What most are, of which international domains have nothing to say (RFC 5891 §4.2.3.1: two hyphens there begin a code).
_PLAIN = re.compile(r"(?!..--)[a-z0-9-]{1,63}(\.(?!..--)[a-z0-9-]{1,63})+")
_LONGEST = 254
_LONGEST_LOCAL = 64


def mail_address(text: str) -> str:
    """Return the address as it is sent to: its domain in lower case and, where it is international, in ASCII.

    Raises `Refused` for anything else: a header can be made of the result without further care.
    """
    if not (found := read_address(text)):
        if len(text) <= _LONGEST and (word := mixed_word(text)):
            raise Refused(
                _("“%(word)s” mixes letters of two alphabets that look alike. Type the address anew.") % {"word": word}
            )
        raise Refused(_("Write an e-mail address, for example name@example.org."))
    return found


def read_address(text: str) -> str:
    """Return the same, and "" for what is no address."""
    if len(text) > 2 * _LONGEST or mixed_word(text.rpartition("@")[2]):
        return ""
    local, at, domain = text.strip().rpartition("@")
    host = _ascii(domain)
    if not at or not host or not _LOCAL.fullmatch(local) or len(local) > _LONGEST_LOCAL:
        return ""
    found = f"{local}@{host}"
    return found if len(found) <= _LONGEST else ""


def masked(address: str) -> str:
    """Return enough of an address for its owner, who may have several: "a…@example.org"."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _ascii(domain: str) -> str:
    try:
        host = domain if _PLAIN.fullmatch(domain) else idna.encode(domain, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    labels = host.split(".")
    whole = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()
    return host if whole else ""
