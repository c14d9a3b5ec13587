"""What a file from outside holds, whatever its format: the value between the formats and the rule of importing."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from perron.core.errors import Refused, TooLarge
from perron.core.text import clean_line

# Part of every fingerprint: raised when the same entry would become another item than before.
RULES = 1

# 10,000 entries are a large feed; more than twice that is a mistake or an attack.
MOST_ENTRIES = 20_000


class Unreadable(Refused):
    """The file cannot be read; the message names the line or the reason."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """One language's words as the source has them. `language` is a BCP 47 tag or ""; bodies are HTML or plain."""

    language: str = ""
    title: str = ""
    summary: str = ""
    body: str = ""
    is_html: bool = False
    instructions: str = ""
    # Attached files as (title, address).
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a file. `details` are what the kind's form takes; `where` names it in messages.

    `stable` stands for the details in the fingerprint where they depend on the day of the import.
    """

    kind: str
    identifier: str
    where: str
    wordings: tuple[Wording, ...]
    details: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    published: datetime | None = None
    categories: tuple[str, ...] = ()
    cancelled: bool = False
    # A CAP message: who sent it, and the identifiers of the earlier ones that it updates or cancels.
    sender: str = ""
    references: tuple[str, ...] = ()
    stable: str = ""
    notes: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """What tells whether the source changed the entry: a hash of all that could show."""
        words = [asdict(wording) for wording in self.wordings]
        shown = [RULES, self.kind, words, self.stable or self.details, self.url, self.categories, self.cancelled]
        return sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(kw_only=True)
class Feed:
    """A file that was read: what it says of itself, its entries, and those that could not be taken, with reasons."""

    name: str = ""
    # How it calls itself: an address that stays the same wherever the file came from, or "".
    address: str = ""
    licence: str = ""
    entries: list[Entry] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    pictures: int = 0


def look_at_number(entries: int) -> None:
    """Raise `TooLarge` if these are too many entries for one file."""
    if entries > MOST_ENTRIES:
        raise TooLarge(_("The file has more than %(most)d entries.") % {"most": MOST_ENTRIES})


def identifier(*candidates: object) -> str:
    """Return the first of `candidates` that is not empty, hashed if it is too long to be kept."""
    found = next((text for text in (clean_line(str(candidate or "")) for candidate in candidates) if text), "")
    return found if len(found) <= 500 else f"sha256:{sha256(found.encode(errors='replace')).hexdigest()}"


def without_doubles(entries: list[Entry], skipped: list[tuple[str, str]], reason: str) -> list[Entry]:
    """Return one entry per identifier, the first; name the others in `skipped` unless they are the same."""
    kept: dict[str, Entry] = {}
    for entry in entries:
        first = kept.setdefault(entry.identifier, entry)
        if first is not entry and first.fingerprint != entry.fingerprint:
            skipped.append((entry.where, reason))
    return list(kept.values())
