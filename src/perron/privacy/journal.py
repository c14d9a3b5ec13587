"""What must be done again after a restore, kept apart from the database, so that a backup brings nobody back.

One JSON object per line in `PERRON_HOME/journal.jsonl`. A deed is written, and on the disk, before its transaction
commits: a crash between the two repeats a deed that was asked for, never forgets one. The file is only appended to,
until no backup is left that could need its oldest entries.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedRandom
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from perron.core.clock import now
from perron.privacy.models import Addressee
from perron.privacy.policy.current import policy
from perron.privacy.subjects import Subject

type Rule = Callable[[Subject, Mapping[str, str]], None]

# A deed may be written here before a backup begins and commit after it; no transaction takes this long.
OVERLAP = timedelta(hours=1)
# Beyond the policy's period for backups, for one that is restored on its last day.
MARGIN = timedelta(days=7)
# Ends a line that a crash cut off, so that the next one stands by itself.
_TORN = b"#torn"

_rules: dict[str, Rule] = {}
_replaying: ContextVar[bool] = ContextVar("replaying", default=False)


class BadJournal(Exception):
    """The journal holds a line that is no entry and was not cut off by a crash; the message names it."""


@dataclass(frozen=True)
class Entry:
    """A deed that was done to a subject. `fingerprint` is that of an address, else ""."""

    at: datetime
    deed: str
    subject: Subject
    detail: Mapping[str, str]
    fingerprint: str = ""


def write(deed: str, subject: Subject, **detail: str) -> None:
    """Append a deed, durably, inside its transaction and as late in it as can be; during a replay, do nothing.

    `deed` is one that a rule `replays`; `detail` is what that rule needs to repeat it, without personal data. Raises
    `OSError` when the disk does not take it: the transaction must not commit then.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An entry of the journal belongs in the transaction of its deed.")
    if not _replaying.get():
        _append(Entry(now(), deed, subject, detail, _fingerprint_of(subject)))


def replays(deed: str) -> Callable[[Rule], Rule]:
    """Register the rule that repeats a deed after a restore. It finds it done already, or does it; never fails on it.

    The rule gets the subject and the detail that was written, and runs in a transaction of its own.
    """

    def register(rule: Rule) -> Rule:
        if _rules.setdefault(deed, rule) is not rule:
            raise ValueError(f"two rules replay the deed {deed!r}")
        return rule

    return register


def unknown(found: Iterable[Entry]) -> set[str]:
    """Return the deeds that no rule replays: a newer release wrote them."""
    return {entry.deed for entry in found} - set(_rules)


def replay(since: datetime) -> dict[str, int]:
    """Repeat, in their order, the deeds since `since`, and return how many of each. Raises `BadJournal`."""
    done: dict[str, int] = {}
    token = _replaying.set(True)
    try:
        for entry in entries(since):
            if entry.deed not in _rules:
                raise BadJournal(f"{path()}: no rule replays the deed {entry.deed!r}; is this Perron older than it?")
            with transaction.atomic():
                _rules[entry.deed](_present(entry), entry.detail)
            done[entry.deed] = done.get(entry.deed, 0) + 1
    finally:
        _replaying.reset(token)
    return done


def entries(since: datetime | None = None, *, of: Path | None = None) -> Iterator[Entry]:
    """Yield the entries since `since` less `OVERLAP`, oldest first, of the journal or the file `of`.

    Lines that a crash cut off are passed over: their deeds did not commit. Raises `BadJournal`.
    """
    file = of or path()
    begin = since - OVERLAP if since else None
    for number, line in enumerate(_lines(file), start=1):
        try:
            entry = _read(line)
        except (ValueError, KeyError, TypeError) as error:
            raise BadJournal(f"{file}, line {number}: this is no entry ({error}).") from error
        if entry and (begin is None or entry.at >= begin):
            yield entry


def needed_since() -> datetime:
    """Return the moment from which on entries are kept: no backup that the policy allows is older."""
    return policy().backups.before(now()) - MARGIN


def forget() -> int:
    """Drop the entries that no backup can need any more, and return how many. Run daily by the worker."""
    if not path().exists():
        return 0
    limit = needed_since()
    with _locked():
        every = list(entries())
        kept = [entry for entry in every if entry.at >= limit]
        if len(kept) < len(every):
            _replace(kept)
    return len(every) - len(kept)


def adopt(others: list[Entry]) -> int:
    """Take up entries that this journal lacks, from a backup or from a copy, and return how many they were.

    What is here stays; by their moments the others find their place.
    """
    with _locked():
        own = list(entries())
        known = set(map(_line, own))
        lacking = [entry for entry in others if _line(entry) not in known]
        if lacking:
            _replace(sorted([*own, *lacking], key=lambda entry: entry.at))
    return len(lacking)


def path() -> Path:
    """Return where the journal is."""
    return Path(settings.PERRON_HOME) / "journal.jsonl"


def _append(entry: Entry) -> None:
    with _locked() as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        if size and file.read(1) != b"\n":
            file.write(_TORN + b"\n")
        file.write(_line(entry))
        file.flush()
        os.fsync(file.fileno())
        if not size:
            _sync_folder()


def _replace(kept: list[Entry]) -> None:
    fresh = path().with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.writelines(map(_line, kept))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path())
    _sync_folder()


@contextmanager
def _locked() -> Iterator[BufferedRandom]:
    """Yield the journal, opened to append, while no other process writes to it."""
    while True:
        descriptor = os.open(path(), os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            # `forget` may have put another file in its place while this one was waited for.
            if path().exists() and os.path.samestat(os.fstat(file.fileno()), path().stat()):
                yield file
                return


def _sync_folder() -> None:
    descriptor = os.open(path().parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lines(file: Path) -> Iterator[bytes]:
    if not file.exists():
        return
    with file.open("rb") as opened:
        for line in opened:
            # Without its end it was cut off, and nobody has appended since.
            if line.endswith(b"\n"):
                yield line


def _line(entry: Entry) -> bytes:
    said = {
        "at": entry.at.isoformat(),
        "deed": entry.deed,
        "kind": entry.subject.kind,
        "id": str(entry.subject.id),
        "detail": dict(entry.detail),
    }
    if entry.fingerprint:
        said["fingerprint"] = entry.fingerprint
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


def _read(line: bytes) -> Entry | None:
    if line.endswith(_TORN + b"\n"):
        return None
    said = json.loads(line)
    subject = Subject(said["kind"], UUID(said["id"]))
    return Entry(datetime.fromisoformat(said["at"]), said["deed"], subject, said["detail"], said.get("fingerprint", ""))


def _fingerprint_of(subject: Subject) -> str:
    if subject.kind != "address":
        return ""
    return Addressee.objects.filter(pk=subject.id).values_list("fingerprint", flat=True).first() or ""


def _present(entry: Entry) -> Subject:
    """Return the subject as the database at hand knows it: a backup may hold an address under another UUID."""
    if not entry.fingerprint:
        return entry.subject
    found, _made = Addressee.objects.get_or_create(fingerprint=entry.fingerprint, defaults={"id": entry.subject.id})
    return Subject("address", found.pk)
