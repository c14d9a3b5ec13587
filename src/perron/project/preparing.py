"""What must stand before the first request: the database's tables, the media folder, the collected static files."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from perron.privacy.tenancy import logins, rows
from perron.project.backups.restoring import mark

_STAMP = "collected"


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
    """Collect, hash and compress the static files if one of them changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / _STAMP
    build = _fingerprint()
    if stamp.exists() and stamp.read_text() == build:
        return
    # The stamp goes first: were collecting interrupted, the next start begins again.
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", clear=True, interactive=False, verbosity=0)
    stamp.write_text(build)


def _fingerprint() -> str:
    """Return a hash of every source file's name, size and time of change."""
    seen = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            seen.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return seen.hexdigest()
