"""The database as one file, and back: SQLite by its online backup, PostgreSQL by its own tools."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Protocol

import psycopg
from django.db import connection, connections
from psycopg.conninfo import make_conninfo

from perron.privacy.tenancy.scope import EVERYBODY, ROLE, SETTING
from perron.project.backups.refusing import BackupRefused

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}
# Everything of ours in the schema: a table of a newer release would stand in the way of an older one.
_DROPS = """
    SELECT format('DROP TABLE IF EXISTS %I.%I CASCADE;', schemaname, tablename)
        FROM pg_tables WHERE schemaname = current_schema()
    UNION ALL
    SELECT format('DROP FUNCTION IF EXISTS %s CASCADE;', p.oid::regprocedure)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = current_schema()
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""


class Database(Protocol):
    """What backups need of a database."""

    def size(self) -> int:
        """Return about how many bytes its copy will have."""

    def save(self, file: Path) -> dict[str, int]:
        """Write a copy as of one moment to `file`, and return the rows per table in it."""

    def check(self, file: Path) -> None:
        """Raise `BackupRefused` unless `file` can be loaded here."""

    def load(self, file: Path) -> None:
        """Put `file` in the place of everything that is there, in one transaction."""


def database() -> Database:
    """Return the one of this installation."""
    return Sqlite() if connection.vendor == "sqlite" else Postgresql()


def counts() -> dict[str, int]:
    """Return the rows of each table that the database has now."""
    rows = {}
    with connection.cursor() as cursor:
        cursor.execute(_TABLES[connection.vendor])
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{name}"')  # noqa: S608 the name of a table of ours
            rows[name] = cursor.fetchone()[0]
    return rows


class Sqlite:
    """The embedded database."""

    def size(self) -> int:
        """Its file, and what has not been moved into it yet."""
        return sum(path.stat().st_size for path in (self._path, Path(f"{self._path}-wal")) if path.exists())

    def save(self, file: Path) -> dict[str, int]:
        """Others read and write meanwhile."""
        with closing(sqlite3.connect(self._path)) as source, closing(sqlite3.connect(file)) as target:
            source.backup(target)
        self.check(file)
        with closing(sqlite3.connect(file)) as copy:
            names = [name for (name,) in copy.execute(_TABLES["sqlite"])]
            return {name: copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608

    def check(self, file: Path) -> None:
        """Let SQLite look through it."""
        try:
            with closing(sqlite3.connect(file)) as copy:
                said = copy.execute("PRAGMA quick_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            said = str(error)
        if said != "ok":
            raise BackupRefused(f"The database in it is damaged: {said}")

    def load(self, file: Path) -> None:
        """Readers see the old content until all of the new is there."""
        connections.close_all()
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(self._path, timeout=20)) as target:
            try:
                source.backup(target)
                target.execute("PRAGMA journal_mode = WAL")
                # The old content would stay in the log until it is written over.
                target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except sqlite3.OperationalError as error:
                raise BackupRefused(f"The database is in use: stop Perron first. {error}") from error

    @property
    def _path(self) -> Path:
        return Path(connection.settings_dict["NAME"])


class Postgresql:
    """By pg_dump, pg_restore and psql, which must be of the server's version or newer."""

    def size(self) -> int:
        """Uncompressed; the dump is smaller."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

    def save(self, file: Path) -> dict[str, int]:
        """Counted in the same snapshot that pg_dump reads."""
        tool = _tool("pg_dump")
        with psycopg.connect(_address(**_secret())) as reading:
            reading.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            snapshot = reading.execute("SELECT pg_export_snapshot()").fetchone()
            assert snapshot
            names = [name for (name,) in reading.execute(_TABLES["postgresql"])]
            rows = {}
            for name in names:
                found = reading.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608
                rows[name] = found[0] if found else 0
            # Of everybody's rows: the address says for whom it reads.
            _run(tool, "--format", "custom", "--enable-row-security", "--no-owner", "--no-acl",
                 "--snapshot", snapshot[0], "--file", str(file), "--dbname", _address())  # fmt: skip
        return rows

    def check(self, file: Path) -> None:
        """Let pg_restore read its table of contents, and psql be there."""
        _tool("psql")
        _run(_tool("pg_restore"), "--list", str(file))

    def load(self, file: Path) -> None:
        """Everything goes and comes back in one transaction; whoever uses the tables is waited for half a minute."""
        with connection.cursor() as cursor:
            cursor.execute(_DROPS)
            drops = "\n".join(statement for (statement,) in cursor.fetchall())
        connections.close_all()
        options = ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--single-transaction", "--file", "-"]
        psql = _start(_tool("psql"), *options, "--dbname", _address(), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        dump = _start(_tool("pg_restore"), "--no-owner", "--no-acl", "--file", "-", str(file), stdout=subprocess.PIPE)
        with psql, dump:
            assert psql.stdin
            assert dump.stdout
            try:
                psql.stdin.write(f"SET lock_timeout = '30s';\nSET client_min_messages = error;\n{drops}\n".encode())
                shutil.copyfileobj(dump.stdout, psql.stdin)
            except BrokenPipeError:
                # psql says why below.
                dump.kill()
            if dump.wait() != 0:
                # At the end of its input psql would commit what it has so far.
                psql.kill()
            errors = psql.communicate()[1]
        if psql.returncode != 0:
            raise BackupRefused(f"PostgreSQL did not take the backup; stop Perron first. {errors.decode().strip()}")


def _start(*command: str, stdin: int | None = None, stdout: int | None = None) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=_environment())  # noqa: S603


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, check=False, env=_environment())  # noqa: S603
    if done.returncode != 0:
        raise BackupRefused(f"{Path(command[0]).name} failed: {done.stderr.decode().strip()}")


def _tool(name: str) -> str:
    found = shutil.which(name)
    if not found:
        raise BackupRefused(f"{name} is not installed; it comes with PostgreSQL (Debian: postgresql-client).")
    return found


def _address(**more: str) -> str:
    """Return the connection without its password, which others could see among the processes."""
    said = connection.settings_dict
    named = {"dbname": said["NAME"], "user": said["USER"], "host": said["HOST"], "port": said["PORT"]}
    options = {key: value for key, value in said["OPTIONS"].items() if isinstance(value, str)}
    # Without Django's connection nobody else says for whom the session is, or steps down from a superuser.
    sets = [options.get("options", ""), f"-c {SETTING}={EVERYBODY}", *_stepped_down()]
    options["options"] = " ".join(filter(None, sets))
    return make_conninfo(**{key: str(value) for key, value in (named | options | more).items() if value})


def _stepped_down() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user <> session_user")
        return [f"-c role={ROLE}"] if cursor.fetchone()[0] else []


def _secret() -> dict[str, str]:
    password = connection.settings_dict["PASSWORD"]
    return {"password": password} if password else {}


def _environment() -> dict[str, str]:
    return os.environ | {f"PG{key.upper()}": value for key, value in _secret().items()}
