"""Putting a backup back: first all of it is checked, then it takes the place of what is there, then deeds are repeated.

Between the two a mark keeps the program from starting: until the journal has been replayed, the database may hold
people who were erased.
"""

import shutil
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader

from perron.accounts.models import Session
from perron.privacy import gate, journal, keys
from perron.privacy.evidence import recording, verifying
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.tables import EvidenceHead
from perron.privacy.retaining import expire
from perron.project.backups import contents
from perron.project.backups.contents import Manifest
from perron.project.backups.databases import counts, database
from perron.project.backups.refusing import BackupRefused
from perron.project.backups.sealing import Opener, read_key
from perron.project.backups.writing import key_path
from perron.project.running import Busy, alone

# Filled in by migrations, before anybody has done anything.
_ALWAYS_FILLED = {"django_migrations", "django_content_type", "auth_permission",
                  "publishing_search_config", "publishing_search_data"}  # fmt: skip
_BUFFER = 1 << 18


class NotRestored(Exception):
    """What was put back is not what was saved."""


@dataclass(frozen=True)
class Restored:
    """What was put back, how many deeds of which kind were repeated, and what the check at the end found."""

    manifest: Manifest
    rows: int
    files: int
    journal_reaches: str
    repeated: Mapping[str, int]
    epoch: int
    findings: tuple[str, ...]


def restore(file: Path, *, replace: bool = False, copy_of_journal: Path | None = None, old: bool = False) -> Restored:
    """Put a backup back. `replace` allows it where there is something already; `old` one that the policy has outlived.

    `copy_of_journal` is what was saved of the journal of a machine that is lost. Until everything has been read and
    checked nothing is touched, and `BackupRefused` is raised. Stop Perron first.
    """
    home = Path(settings.PERRON_HOME)
    with _alone(), tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as made:
        work = Path(made)
        manifest = _unpack(file, work)
        _check(manifest, old=old)
        database().check(work / contents.DATABASE)
        saved = _entries(copy_of_journal, wanted=True), _entries(work / contents.JOURNAL)
        _entries(journal.path())
        if not replace and not mark().exists() and _is_used():
            raise BackupRefused("This installation is in use: to put the backup in its place, add --replace.")
        replaced = _end_of_evidence()
        _load(work)
        _put_back(work, manifest)
        for entries in saved:
            journal.adopt(entries)
        return _finish(manifest, replaced)


def mark() -> Path:
    """Return the file that is there while a restore has begun and has not ended."""
    return Path(settings.PERRON_HOME) / "restoring"


@contextmanager
def _alone() -> Iterator[None]:
    """See to it that nobody works with what is about to be replaced: a web server keeps keys and pages in memory."""
    try:
        with alone():
            yield
    except Busy as error:
        raise BackupRefused("Perron is running, or another restore: stop it first.") from error


def _unpack(file: Path, work: Path) -> Manifest:
    if not file.is_file():
        raise BackupRefused(f"{file}: there is no such file.")
    size, free = file.stat().st_size, shutil.disk_usage(work).free
    if free < size * 2.05:
        raise BackupRefused(f"There is no room: {size * 2 / 1e6:,.0f} MB are needed, {free / 1e6:,.0f} MB are free.")
    with file.open("rb") as source:
        opener = Opener(source, read_key(key_path()))
        try:
            with tarfile.open(fileobj=opener, mode="r|", bufsize=_BUFFER) as archive:  # type: ignore[call-overload]
                archive.extractall(work, filter="data")
            opener.read_to_end()
        except (tarfile.TarError, OSError) as error:
            raise BackupRefused(f"This backup cannot be unpacked: {error}") from error
    return Manifest.parse((work / contents.MANIFEST).read_text())


def _check(manifest: Manifest, *, old: bool) -> None:
    if manifest.vendor != connection.vendor:
        raise BackupRefused(
            f"This backup is of {manifest.vendor}, this installation uses {connection.vendor}: "
            "set PERRON_DATABASE to a database of that kind."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(connection).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise BackupRefused(
            f"This backup was made by Perron {manifest.build}, which is newer ({unknown[-1]}): install that first."
        )
    if not old and manifest.moment < journal.needed_since():
        raise BackupRefused(
            f"This backup is of {manifest.moment:%d %B %Y}, older than the policy lets backups be: what people asked "
            "for since is not known any more, so who was erased would come back. If nothing else is left, add --old."
        )


def _is_used() -> bool:
    filled = {name for name, rows in counts().items() if rows} - _ALWAYS_FILLED
    media = Path(settings.MEDIA_ROOT)
    return bool(filled) or (media.is_dir() and any(path.is_file() for path in media.rglob("*")))


def _load(work: Path) -> None:
    went_before = mark().exists()
    mark().touch(mode=0o600)
    try:
        database().load(work / contents.DATABASE)
    except BackupRefused:
        # It was loaded in one transaction: nothing has changed.
        if not went_before:
            mark().unlink()
        raise


def _put_back(work: Path, manifest: Manifest) -> None:
    if (found := counts()) != manifest.counts:
        differing = sorted(name for name in {*found, *manifest.counts} if found.get(name) != manifest.counts.get(name))
        raise NotRestored(f"The tables {', '.join(differing)} have other rows than the backup.")
    for path in sorted((work / contents.KEYS).glob("*")):
        path.chmod(0o600)
        path.replace(Path(settings.PERRON_HOME) / path.name)
    keys.forget()
    fresh, media = work / contents.MEDIA, Path(settings.MEDIA_ROOT)
    fresh.mkdir(mode=0o700, exist_ok=True)
    for path in fresh.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)
    if media.exists():
        media.replace(work / "media-before")
    fresh.replace(media)


def _finish(manifest: Manifest, replaced: dict[str, JSON]) -> Restored:
    """Bring the tables up to this release, repeat what was done since, begin an epoch, and look at all of it."""
    rows = sum(counts().values())
    call_command("migrate", interactive=False, verbosity=0)
    # Whoever was signed in then may have signed out since.
    Session.objects.all().delete()
    repeated = journal.replay(manifest.moment)
    # What had its time since, and came back.
    expire()
    about = {"made": manifest.made, **manifest.evidence}
    done: dict[str, JSON] = {"backup": about, "replaced": replaced, "repeated": repeated}
    recording.begin_epoch(done)
    report = verifying.verify()
    findings = (*gate.find_gaps(), *report.findings)
    media = sum(1 for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    reaches = max((entry.at for entry in journal.entries()), default=None)
    mark().unlink(missing_ok=True)
    said = reaches.isoformat(timespec="seconds") if reaches else ""
    return Restored(manifest, rows, media, said, repeated, report.epoch, findings)


def _end_of_evidence() -> dict[str, JSON]:
    """Return where the chain ends that is about to be replaced, as far as it can be read."""
    try:
        head = EvidenceHead.objects.filter(pk=1).first()
    except DatabaseError:
        return {}
    return {"epoch": head.epoch, "sequence": head.sequence, "hash": head.hash} if head else {}


def _entries(file: Path | None, *, wanted: bool = False) -> list[journal.Entry]:
    """Return the entries in a journal, before anything is changed. Raises `BackupRefused`."""
    if file is None:
        return []
    if wanted and not file.exists():
        raise BackupRefused(f"{file}: there is no such file.")
    try:
        found = list(journal.entries(of=file))
    except journal.BadJournal as error:
        raise BackupRefused(f"{error} Repair or remove that line first.") from error
    if unknown := sorted(journal.unknown(found)):
        raise BackupRefused(f"{file}: this Perron is older than the deed “{unknown[0]}”: install the newer one first.")
    return found
