"""What is erased is in no file any more: looked for byte by byte, and again after an older backup was restored."""

import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from perron.accounts.models import Person
from perron.channels.email import outbox
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Keep, Personal
from perron.privacy.erasing import erase
from perron.privacy.subjects import Subject, of_person
from perron.project.backups.restoring import restore
from tests import planting
from tests.backups.conftest import save_file
from tests.privacy import lives

MAIL = "mark-in-a-mail-that-waits"


@pytest.fixture(autouse=True)
def _sqlite_only() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reuses the segments of its log in its own time; its dumps are made of rows")


def test_nothing_of_an_erased_person_is_in_any_file(
    backup: Callable[[], Path], caplog: pytest.LogCaptureFixture
) -> None:
    anne, hers = _planted()
    _bert, his = _planted()
    save_file("images/somebody/320.webp", b"of the community")
    _empty_log()
    assert _missing(hers + his) == []
    older = backup()

    erase([anne], by=SYSTEM)
    assert _missing(hers) == hers
    assert _missing(his) == []
    assert [words for words in hers if words in caplog.text or words in _dump()] == []

    restore(older, replace=True)
    assert _missing(hers) == hers
    # Address and name; sessions and unsent mails do not come back.
    assert _missing(his[:2]) == []


def _planted() -> tuple[Subject, list[str]]:
    """Write something wherever a person, or the program about them, can write; return whose it is and what."""
    tables = planting.personal_tables()
    account = next(table for table in tables if table.model is Person)
    words = lives.own_words(account)
    subject = of_person(planting.plant(account, planting.somebody(), **words)[0].pk)
    planted = [*words.values()]
    for table in tables:
        if table.subject_kind != "address" and table is not account:
            own = lives.own_words(table)
            planting.plant(table, subject, **own)
            planted += [text for column, text in own.items() if _goes(table, column)]
    folder = Path(settings.PERRON_HOME) / "outbox"
    folder.mkdir(exist_ok=True)
    (folder / f"{subject.id}.1.eml").write_text(f"{MAIL}-{subject.id}")
    assert outbox.contains(subject)
    return subject, [*planted, f"{MAIL}-{subject.id}"]


def _goes(table: Personal, column: str) -> bool:
    return not isinstance(table.erasure, Keep) or column in table.erasure.blank


def _missing(words: list[str]) -> list[str]:
    # By another process: closing a file drops all locks that its process has on it, and the next program that comes
    # takes the database's log away (https://sqlite.org/howtocorrupt.html, 2.2).
    raw = subprocess.run(["cat", *_files()], check=True, capture_output=True).stdout
    return [each for each in words if each.encode() not in raw]


def _files() -> list[Path]:
    """Return the database with its log and index, the media, and whatever else the installation writes."""
    database = Path(connection.settings_dict["NAME"])
    found = [*database.parent.glob(f"{database.name}*")]
    for folder in (Path(settings.PERRON_HOME), Path(settings.MEDIA_ROOT)):
        found += [path for path in folder.rglob("*") if path.is_file()]
    return found


def _dump() -> str:
    with sqlite3.connect(connection.settings_dict["NAME"]) as database:
        return "\n".join(database.iterdump())


def _empty_log() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
