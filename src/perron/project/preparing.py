"""What must stand before the first request: the database's tables, the media folder, the collected static files."""

import hashlib
import json
import os
import re
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import ManifestFilesMixin
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from perron.privacy.tenancy import logins, rows
from perron.project.backups.restoring import mark

_STAMP = "collected"
_COMPRESSED = re.compile(r"\.(?:br|gz)$")
# A name with the hash of the content in it, as the manifest storage gives, compressed or not.
_HASHED = re.compile(r"\.[0-9a-f]{12}\.[^/.]+(?:\.(?:br|gz))?$")


def prepare() -> None:
    """Bring database, media folder and static files up to date; cheap when they are."""
    refuse_half_restored()
    prepare_database()
    settings.MEDIA_ROOT.mkdir(mode=0o700, parents=True, exist_ok=True)
    prepare_static()


def refuse_half_restored() -> None:
    """Raise `CommandError` while a restore has not ended: people who were erased may be in the database again."""
    if mark().exists():
        raise CommandError("A restore has begun and has not ended: run perron restore again, with --replace.")


def prepare_database() -> None:
    """Create the tables, or bring them up to this release."""
    if said := logins.fault():
        raise CommandError(said)
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
    # A declaration may have changed without a migration.
    rows.guard()


def prepare_static() -> None:
    """Collect, hash and compress the static files if one of them changed since the last time.

    What the build before had stays: web processes that are still to be replaced serve it, and open pages ask for it.
    """
    root = Path(settings.STATIC_ROOT)
    stamp = root / _STAMP
    build = _fingerprint()
    if stamp.exists() and stamp.read_text() == build:
        return
    # The stamp goes first: were collecting interrupted, the next start begins again.
    stamp.unlink(missing_ok=True)
    before = _hashed_names(root)
    for path in _files(root):
        if not _HASHED.search(path.name):
            # Older than its source, so that it is collected anew; until then it is served.
            os.utime(path, (0, 0))
    call_command("collectstatic", interactive=False, verbosity=0)
    kept = before | _hashed_names(root)
    for path in _files(root):
        is_used = _COMPRESSED.sub("", path.relative_to(root).as_posix()) in kept
        if not is_used if _HASHED.search(path.name) else path.stat().st_mtime == 0:
            path.unlink()
    stamp.write_text(build)


def _files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


def _hashed_names(root: Path) -> set[str]:
    """Return the names that pages of the build in `root` use."""
    manifest = root / ManifestFilesMixin.manifest_name
    return set(json.loads(manifest.read_text())["paths"].values()) if manifest.exists() else set()


def _fingerprint() -> str:
    """Return a hash of every source file's name, size and time of change."""
    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            seen.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
