"""What a file from outside holds, whatever its format: the value between the formats and the rule of importing."""

import json
import re
from collections import defaultdict
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urljoin

from django.utils.translation import gettext as _

from perron.core.errors import Refused, TooLarge
from perron.core.text import clean_line, normalise

# Part of every fingerprint: raised when the same entry would become another item than before.
RULES = 2

# 10,000 entries are a large feed; more than twice that is a mistake or an attack.
MOST_ENTRIES = 20_000


# What programs write where they know no date: the zero of their clock.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TRACKING = re.compile(r"[?&]utm_\w+=[^&#]*")


class Unreadable(Refused):
    """The file cannot be read; the message names the line or the reason, `code` says it for programs."""

    def __init__(self, message: str, code: str = "unreadable") -> None:
        super().__init__(message)
        self.code = code


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
    # What relative links in the text start from; its own address where it has one.
    base: str = ""
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

    @property
    def dated(self) -> datetime | None:
        """When it was published, if that can be: dates before there was a web are none."""
        return self.published if self.published and self.published >= _EARLIEST else None

    @property
    def marks(self) -> dict[str, str]:
        """What it is known by when its identifier changes, each where there is one; an alert is its identifier."""
        if self.kind == "alert":
            return {}
        words = self.wordings[0] if self.wordings else Wording()
        text = normalise(words.body or words.summary)
        link = _TRACKING.sub("", self.url).partition("//")[2].removeprefix("www.").rstrip("/?&")
        hashed = {"title": normalise(words.title) or text[:200], "text": text, "link": link,
                  "place": normalise(str(self.details.get("place", "")))}  # fmt: skip
        plain = {
            "date": self.dated.isoformat() if self.dated else "",
            "start": str(self.details.get("starts", ""))[:16],
        }
        short = {name: sha256(said.encode(errors="replace")).hexdigest()[:16] for name, said in hashed.items() if said}
        return short | {name: said for name, said in plain.items() if said}


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
    # How many of those left out are only not for the public: they can be read, and are gone for us.
    hidden: int = 0
    # "RSS", "Atom", "JSON Feed", "iCalendar", "CAP" or "JSON".
    format: str = ""
    # How rarely it wants to be asked.
    pace: timedelta = timedelta(0)
    # Whether all there is stands in it, so that what is missing is gone.
    is_whole: bool = False


def look_at_number(entries: int, *, most: int = MOST_ENTRIES) -> None:
    """Raise `TooLarge` if these are more entries than `most`."""
    if entries > most:
        raise TooLarge(
            _("The file has %(count)d entries; here, %(most)d are possible.") % {"count": entries, "most": most}
        )


def identifier(*candidates: object) -> str:
    """Return the first of `candidates` that is not empty, hashed if it is too long to be kept."""
    found = next((text for text in (clean_line(str(candidate or "")) for candidate in candidates) if text), "")
    return found if len(found) <= 500 else f"sha256:{sha256(found.encode(errors='replace')).hexdigest()}"


def joined(base: str, address: str) -> str:
    """Return `address` read as a link at `base`; unchanged if it is none."""
    try:
        return urljoin(base, address) if address else ""
    except ValueError:
        return address


def without_doubles(entries: list[Entry], skipped: list[tuple[str, str]], reason: str) -> list[Entry]:
    """Return one entry per identifier, the first; name the others in `skipped` unless they are the same.

    Entries that share an identifier and neither title nor link are different all the same: their links tell them apart.
    """
    kept: dict[str, Entry] = {}
    for entry in _told_apart(entries):
        first = kept.setdefault(entry.identifier, entry)
        if first is not entry and first.fingerprint != entry.fingerprint:
            skipped.append((entry.where, reason))
    return list(kept.values())


def _told_apart(entries: list[Entry]) -> list[Entry]:
    alike: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        alike[entry.identifier].append(entry)
    shared = {name for name, group in alike.items() if len(group) > 1 and _differ(group)}
    return [
        replace(entry, identifier=identifier(f"{entry.identifier} {entry.url}"))
        if entry.identifier in shared
        else entry
        for entry in entries
    ]


def _differ(group: list[Entry]) -> bool:
    marks = [entry.marks for entry in group]
    return all(len({mark.get(name, "") for mark in marks} - {""}) == len(group) for name in ("title", "link"))
