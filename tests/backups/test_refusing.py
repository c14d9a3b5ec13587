"""A backup that cannot be trusted changes nothing; one that was not finished is not taken for one."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core import clock
from perron.privacy import journal
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_address
from perron.project.backups import contents, writing
from perron.project.backups.refusing import BackupRefused
from perron.project.backups.restoring import mark, restore
from perron.project.backups.sealing import Sealer
from perron.project.backups.writing import back_up, backups_in, own_folder, rotate_own
from perron.project.preparing import prepare
from perron.project.running import alone, at_work
from tests import making
from tests.backups.conftest import save_file, state

Backup = Callable[[], Path]


def refused(file: Path, words: str, *, replace: bool = True) -> None:
    """See that restoring is refused and that nothing has changed by it."""
    before = state()
    with pytest.raises(BackupRefused, match=words):
        restore(file, replace=replace)
    assert state() == before
    assert not mark().exists()
    assert not list(Path(settings.PERRON_HOME).glob(".restore-*"))


@pytest.fixture
def town(backup: Backup) -> Path:
    """A backup of an installation with something in it, which has changed since."""
    making.community()
    save_file("a.txt", b"a" * 10_000)
    file = backup()
    making.community("namur")
    save_file("b.txt", b"b")
    return file


def test_a_backup_that_was_cut_off_is_refused(town: Path) -> None:
    town.write_bytes(town.read_bytes()[:-5000])
    refused(town, "damaged or was cut off")


@pytest.mark.on_both_databases
def test_a_backup_that_was_changed_is_refused(town: Path) -> None:
    data = bytearray(town.read_bytes())
    data[len(data) // 2] ^= 1
    town.write_bytes(data)
    refused(town, "damaged")


def test_another_key_is_refused(town: Path) -> None:
    (Path(settings.PERRON_HOME) / "backup_key").write_bytes(bytes(32))
    refused(town, "another key")
    (Path(settings.PERRON_HOME) / "backup_key").write_bytes(b"short")
    refused(town, "no key of Perron's backups")


def test_what_is_no_backup_is_refused(tmp_path: Path, town: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"something else altogether" * 10)
    refused(other, "no backup of Perron")
    refused(tmp_path / "nothing", "no such file")


def test_an_installation_in_use_is_not_replaced_unasked(town: Path) -> None:
    refused(town, "--replace", replace=False)


def test_a_backup_that_the_policy_has_outlived_is_refused_unless_there_is_nothing_else(town: Path) -> None:
    with clock.travel(clock.now() + timedelta(days=60)):
        refused(town, "older than the policy lets backups be")
        assert restore(town, replace=True, old=True).findings == ()


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("vendor", "oracle", "PERRON_DATABASE"), ("migrations", ["privacy.9999_later"], "which is newer")],
)
def test_a_backup_that_does_not_fit_here_is_refused(
    monkeypatch: pytest.MonkeyPatch, backup: Backup, key: str, value: object, words: str
) -> None:
    written = contents.Manifest.to_json
    monkeypatch.setattr(contents.Manifest, "to_json", lambda self: json.dumps(json.loads(written(self)) | {key: value}))
    refused(backup(), words)


def test_a_damaged_journal_stops_before_anything_is_changed(town: Path) -> None:
    journal.path().write_text("not an entry\n")
    refused(town, "line 1")


def test_a_restore_that_was_interrupted_keeps_perron_from_starting(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(journal, "replay", lambda _since: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            restore(town, replace=True)
    for start in (prepare, lambda: call_command("worker", "--once")):
        with pytest.raises(CommandError, match="has not ended"):
            start()
    assert restore(town).findings == ()
    assert Community.objects.count() == 1
    assert not mark().exists()


def test_a_backup_that_was_interrupted_is_no_backup(monkeypatch: pytest.MonkeyPatch, backup: Backup) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Sealer, "close", lambda _self: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            backup()
    # What a kill leaves besides: the copy that is not encrypted yet.
    work = Path(settings.PERRON_HOME) / ".backup-work-killed"
    work.mkdir()
    (work / "database").write_bytes(b"Anne Lambert")
    assert len(list(own_folder().iterdir())) == 1
    assert backups_in(own_folder()) == []
    made = backup()
    assert list(own_folder().iterdir()) == [made]
    assert not work.exists()


def test_without_room_there_is_no_backup(monkeypatch: pytest.MonkeyPatch, backup: Backup) -> None:
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: usage)
    with pytest.raises(BackupRefused, match="There is no room"):
        backup()
    assert list(own_folder().iterdir()) == []


def test_two_backups_at_once_do_not_meet(backup: Backup) -> None:
    with writing._alone(), pytest.raises(BackupRefused, match="Another backup"):
        backup()


@pytest.mark.on_both_databases
@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL's tools")
def test_missing_tools_are_named(monkeypatch: pytest.MonkeyPatch, backup: Backup) -> None:
    assert connection.vendor == "postgresql"
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BackupRefused, match="pg_dump is not installed"):
        backup()


def test_backups_leave_when_the_policy_says(tmp_path: Path) -> None:
    folder, begin = tmp_path / "elsewhere", clock.now()
    first = back_up(folder)
    (folder / "perron-notes.backup").write_text("not one of ours")
    end = policy().backups.after(begin)
    with clock.travel(end - timedelta(hours=1)):
        second = back_up(folder)
        assert [path for path, _ in backups_in(folder)] == [first, second]
    with clock.travel(end + timedelta(hours=1)):
        third = back_up(folder)
        assert [path for path, _ in backups_in(folder)] == [second, third]
    assert (folder / "perron-notes.backup").exists()


def test_the_worker_deletes_old_backups_too(backup: Backup) -> None:
    backup()
    assert rotate_own() == 0
    with clock.travel(policy().backups.after(clock.now()) + timedelta(days=1)):
        assert rotate_own() == 1
    assert backups_in(own_folder()) == []


def test_the_commands_say_what_came_of_it() -> None:
    making.person()
    out = StringIO()
    call_command("backup", stdout=out)
    made = backups_in(own_folder())[0][0]
    assert out.getvalue().startswith(f"{made} (")
    assert "Keep a copy of" in out.getvalue()
    with pytest.raises(CommandError, match=r"--replace\. Nothing was changed\."):
        call_command("restore", str(made))
    Person.objects.all().delete()
    call_command("restore", str(made), "--replace", stdout=out)
    assert "Repeated from the journal: nothing." in out.getvalue()
    assert out.getvalue().endswith("The check found nothing.\n")
    assert Person.objects.count() == 1


def test_nothing_is_put_back_under_a_perron_that_runs(town: Path) -> None:
    with at_work(), at_work():
        refused(town, "stop it first")
    with alone():
        refused(town, "stop it first")
        with pytest.raises(CommandError, match="restore is going on"):
            call_command("worker", once=True)
    restore(town, replace=True)


def test_a_deed_that_this_perron_cannot_repeat_stops_the_restore_before_it_begins(town: Path) -> None:
    with transaction.atomic():
        journal.write("not invented yet", of_address("anne@example.org"))
    refused(town, "not invented yet")
