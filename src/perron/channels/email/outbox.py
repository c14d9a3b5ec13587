"""The local outbox: without a mail server, mails stay in a folder, where whoever tries Perron reads them."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from perron.channels.email.signing import travelling
from perron.channels.email.transport import Outgoing
from perron.privacy.subjects import Subject

_SUFFIX = ".eml"


@dataclass(frozen=True)
class Kept:
    """A mail in the outbox: `name` finds it again."""

    name: str
    message: EmailMessage

    @property
    def whose(self) -> UUID:
        """The number of its reader."""
        return UUID(self.name.partition(".")[0])

    @property
    def heading(self) -> str:
        """Its subject line."""
        return str(self.message["Subject"])

    @property
    def language(self) -> str:
        """In which language it is."""
        return str(self.message["Content-Language"])

    @property
    def at(self) -> datetime:
        """When it was written."""
        return parsedate_to_datetime(str(self.message["Date"]))

    @property
    def text(self) -> str:
        """Its words."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """Its page."""
        return self._part("html")

    @property
    def source(self) -> str:
        """It as it would travel."""
        return self.message.as_bytes().decode("utf-8", "replace")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return str(part.get_content()) if part else ""


class OutboxTransport:
    """Writes each mail into a file of its own, for the owner of the installation only."""

    def deliver(self, mail: Outgoing) -> None:
        """Write it; the same mail once more replaces itself."""
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        identifier = mail.message_id.strip("<>").partition("@")[0]
        # Named by whose it is, so that it is found when that person's data are erased.
        path = folder / f"{mail.whose.id}.{identifier}{_SUFFIX}"
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(travelling(mail))
        os.utime(unfinished, (mail.date.timestamp(), mail.date.timestamp()))
        unfinished.replace(path)

    def close(self) -> None:
        """Nothing is open."""


def newest(limit: int) -> list[Kept]:
    """Return the newest mails, newest first."""
    paths = sorted(_paths(), key=_written, reverse=True)[:limit]
    return [kept for path in paths if (kept := _read(path))]


def find(name: str) -> Kept | None:
    """Return the mail of this name."""
    return next((_read(path) for path in _paths() if path.name == name), None)


def forget(subjects: Collection[Subject]) -> int:
    """Remove the mails to these readers; return how many there were."""
    whose = {str(subject.id) for subject in subjects}
    return _remove(path for path in _paths() if path.name.partition(".")[0] in whose)


def forget_before(moment: datetime) -> int:
    """Remove the mails written before `moment`; return how many there were."""
    return _remove(path for path in _paths() if _written(path) < moment)


def contains(subject: Subject) -> bool:
    """Say whether a mail to this reader is there."""
    return any(path.name.partition(".")[0] == str(subject.id) for path in _paths())


def _paths() -> list[Path]:
    folder = _folder()
    return [path for path in folder.iterdir() if path.suffix == _SUFFIX] if folder.is_dir() else []


def _folder() -> Path:
    return Path(settings.PERRON_HOME) / "outbox"


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _read(path: Path) -> Kept | None:
    try:
        return Kept(path.name, message_from_bytes(path.read_bytes(), policy=policy.default))
    except FileNotFoundError:
        return None


def _remove(paths: Iterator[Path]) -> int:
    removed = 0
    for path in list(paths):
        path.unlink(missing_ok=True)
        removed += 1
    return removed
