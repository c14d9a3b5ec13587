"""Making a backup: database, media, keys and journal in one encrypted file, there whole or not at all."""

import fcntl
import io
import os
import re
import secrets
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from perron.core.clock import now
from perron.privacy import journal
from perron.privacy.evidence.tables import EvidenceHead
from perron.privacy.policy.current import policy
from perron.project.backups import contents
from perron.project.backups.contents import Manifest, key_files
from perron.project.backups.databases import database
from perron.project.backups.refusing import BackupRefused
from perron.project.backups.sealing import Sealer, read_key

_NAME = re.compile(r"perron-(\d{8}T\d{6}\.\d{6})Z\.backup")
_STAMP = "%Y%m%dT%H%M%S.%f"
_PARTIAL = ".partial-"


def back_up(folder: Path) -> Path:
    """Write a backup into `folder`, drop those whose time is over there, and return the file.

    Raises `BackupRefused` when there is no room, a tool is missing, or another one is being made.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = own_key()
    with _alone() as work:
        for leftover in folder.glob(f"{_PARTIAL}*"):
            leftover.unlink()
        _check_room(work, folder)
        moment = now().astimezone(UTC)
        manifest = _manifest(moment, database().save(work / contents.DATABASE))
        target = folder / f"perron-{moment.strftime(_STAMP)}Z.backup"
        partial = folder / f"{_PARTIAL}{target.name}"
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            sealer = Sealer(file, key)
            with tarfile.open(fileobj=sealer, mode="w|") as archive:  # type: ignore[call-overload]
                _fill(archive, manifest, work / contents.DATABASE)
            sealer.close()
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        _sync(folder)
    rotate(folder)
    return target


def rotate(folder: Path) -> int:
    """Delete the backups in `folder` that are older than the policy allows, and return how many."""
    limit = policy().backups.before(now())
    old = [path for path, made in backups_in(folder) if made < limit]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def rotate_own() -> int:
    """Do so in the installation's own folder of backups; run daily by the worker."""
    return rotate(own_folder())


def backups_in(folder: Path) -> list[tuple[Path, datetime]]:
    """Return the backups in `folder`, oldest first, each with when it was made, by their names."""
    named = ((path, _NAME.fullmatch(path.name)) for path in folder.glob("perron-*.backup"))
    return sorted(
        ((path, datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)) for path, found in named if found),
        key=lambda each: each[1],
    )


def own_folder() -> Path:
    """Return where backups go that nobody sends elsewhere."""
    return Path(settings.PERRON_HOME) / "backups"


def key_path() -> Path:
    """Return where the key of the backups is: `PERRON_BACKUP_KEY`, else in the installation's folder."""
    return Path(settings.PERRON_BACKUP_KEY or Path(settings.PERRON_HOME) / "backup_key")


def own_key() -> bytes:
    """Return the key of the backups; the first time, one is made where none is named."""
    path = key_path()
    if not settings.PERRON_BACKUP_KEY and not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
            os.fsync(file.fileno())
    return read_key(path)


@contextmanager
def _alone() -> Iterator[Path]:
    """Yield a folder to work in, for its owner only, while no other backup is being made."""
    home = Path(settings.PERRON_HOME)
    with (home / ".backup-lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused("Another backup is being made; wait until it is done.") from error
        # What a kill left behind: unencrypted copies must not stay.
        for leftover in home.glob(".backup-work-*"):
            shutil.rmtree(leftover)
        with tempfile.TemporaryDirectory(prefix=".backup-work-", dir=home) as work:
            yield Path(work)


def _check_room(work: Path, folder: Path) -> None:
    copy = database().size()
    files = sum(path.stat().st_size for path in _media())
    same_disk = work.stat().st_dev == folder.stat().st_dev
    for place, needed in ((work, copy), (folder, copy + files + (copy if same_disk else 0))):
        free = shutil.disk_usage(place).free
        if free < needed * 1.02:
            raise BackupRefused(
                f"There is no room in {place.parent if place == work else place}: "
                f"{needed / 1e6:,.0f} MB are needed and {free / 1e6:,.0f} MB are free."
            )


def _manifest(moment: datetime, counts: dict[str, int]) -> Manifest:
    head = EvidenceHead.objects.filter(pk=1).first()
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(
        made=moment.isoformat(),
        build=settings.PERRON_BUILD,
        vendor=connection.vendor,
        migrations=sorted(f"{app}.{name}" for app, name in applied),
        counts=counts,
        evidence={"epoch": head.epoch, "sequence": head.sequence, "hash": head.hash} if head else {},
    )


def _fill(archive: tarfile.TarFile, manifest: Manifest, copy: Path) -> None:
    _add_bytes(archive, contents.MANIFEST, manifest.to_json().encode())
    for path in key_files():
        _add_bytes(archive, f"{contents.KEYS}/{path.name}", path.read_bytes())
    # After the database: a deed that was written here and did not make it into the copy is done again.
    if journal.path().exists():
        _add_bytes(archive, contents.JOURNAL, journal.path().read_bytes())
    _add_file(archive, contents.DATABASE, copy)
    for path in _media():
        _add_file(archive, f"{contents.MEDIA}/{path.relative_to(settings.MEDIA_ROOT)}", path)


def _media() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in sorted(root.rglob("*")) if path.is_file())


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def _add_file(archive: tarfile.TarFile, name: str, path: Path) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        # Deleted since it was listed.
        return
    with file:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(file.fileno()).st_size
        archive.addfile(info, file)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
