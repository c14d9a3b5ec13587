"""An installation with its tables and static files, made once per run and copied.

To migrate takes six seconds, and a run of all tests needs twenty databases. What is copied came by `prepare()` in a
process of its own, as at a first start, and lives no longer than the run: nothing of it can be out of date.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

_ROOT = Path(__file__).resolve().parents[1]
# Named by the run's first process; its workers inherit the name.
_RUN = os.environ.setdefault("TESTS_OF_RUN", uuid4().hex[:8])
_FOLDER = Path(tempfile.gettempdir()) / f"perron-tests-{_RUN}"
_DATABASE = f"perron_tests_{_RUN}"
_PREPARE = "import django; django.setup(); from perron.project.preparing import prepare; prepare()"


def end() -> None:
    """Remove what was made for the run."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    if given := os.environ.get("PERRON_DATABASE", ""):
        # A database that cannot be reached has been named by the tests that failed.
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{_DATABASE}"')


def copy_to(home: Path) -> None:
    """Copy static files and, on SQLite, the database into `home`; each installation has a secret of its own."""
    shutil.copytree(_made(), home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("secret_key"))


def database() -> str:
    """Return the name of the PostgreSQL database to copy."""
    _made()
    return _DATABASE


@contextlib.contextmanager
def another_database(given: str) -> Iterator[str]:
    """Yield the address of a PostgreSQL database with its tables beside `given`; it is dropped in the end."""
    name = f"perron_tests_{uuid4().hex[:8]}"
    with psycopg.connect(given, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database()}"')
        try:
            yield urlsplit(given)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """Return the run's folder of this name; the first who asks has `make` fill it, and the others wait.

    Whatever `make` raises; who asks next begins anew.
    """
    _FOLDER.mkdir(mode=0o700, exist_ok=True)
    folder = _FOLDER / name
    with (_FOLDER / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            unfinished = _FOLDER / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(folder)
    return folder


def _made() -> Path:
    return made_once("home", _make)


def _make(home: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PERRON_")}
    environment = inherited | {"PERRON_HOME": str(home), "DJANGO_SETTINGS_MODULE": "perron.project.settings"}
    if given := os.environ.get("PERRON_DATABASE", ""):
        with psycopg.connect(given, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{_DATABASE}"')
        environment["PERRON_DATABASE"] = urlsplit(given)._replace(path=f"/{_DATABASE}").geturl()
    subprocess.run([sys.executable, "-c", _PREPARE], cwd=_ROOT, env=environment, check=True)
