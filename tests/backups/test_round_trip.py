"""What was saved comes back, and nobody who left in between."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core import clock
from perron.privacy import journal, keys
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.privacy.evidence.checkpoints import public_key
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.evidence.verifying import verify
from perron.privacy.subjects import of_person
from perron.project.backups.restoring import mark, restore
from perron.project.backups.writing import back_up, own_folder
from tests import making
from tests.backups.conftest import media, save_file, state

Backup = Callable[[], Path]
ADDRESS = "quetzalcoatl@example.org"


def addresses() -> set[str]:
    """Return the addresses of those who are known by one still."""
    return set(Person.objects.exclude(email__endswith=".invalid").values_list("email", flat=True))


def without_evidence(rows: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in rows.items() if "evidence" not in name and number}


@pytest.mark.on_both_databases
def test_rows_and_files_come_back_as_they_were(backup: Backup, capfd: pytest.CaptureFixture[str]) -> None:
    making.released(title="Marché de Noël")
    save_file("images/a.webp", b"before")
    rows, files = state()
    file = backup()
    making.released(title="Added since", at=making.community("namur"))
    Community.objects.filter(slug="liege").update(names={"fr": "Changed since"})
    save_file("images/b.webp", b"added since")
    (Path(settings.MEDIA_ROOT) / "images/a.webp").write_bytes(b"changed since")
    done = restore(file, replace=True)
    assert (done.findings, done.rows) == ((), sum(rows.values()))
    assert without_evidence(state()[0]) == without_evidence(rows)
    assert media() == files == {"images/a.webp": b"before"}
    assert Community.objects.get().names == {"fr": "Liege"}
    assert not mark().exists()
    # The database's own tools say nothing beside what the command says.
    assert capfd.readouterr().out == ""


def test_it_comes_back_on_another_machine(backup: Backup, tmp_path: Path) -> None:
    making.community()
    signed, address = public_key(), keys.address_key()
    file = backup()
    # What an empty installation has: other keys, and a file with the key of the backups that was kept elsewhere.
    kept = tmp_path / "kept_key"
    kept.write_bytes((Path(settings.PERRON_HOME) / "backup_key").read_bytes())
    settings.PERRON_HOME = tmp_path / "new"
    settings.MEDIA_ROOT = settings.PERRON_HOME / "media"
    settings.PERRON_HOME.mkdir()
    settings.PERRON_BACKUP_KEY = str(kept)
    keys.forget()
    assert public_key() != signed
    Community.objects.all().delete()
    restore(file, replace=True)
    assert (public_key(), keys.address_key()) == (signed, address)
    assert (settings.PERRON_HOME / "evidence_key").stat().st_mode & 0o777 == 0o600
    assert Community.objects.count() == 1


@pytest.mark.on_both_databases
def test_who_was_erased_since_stays_erased(backup: Backup, tmp_path: Path) -> None:
    person = making.person(ADDRESS)
    other = making.person("stays@example.org")
    file = backup()
    erase([of_person(person.pk)], by=SYSTEM)
    assert not Person.objects.filter(email=ADDRESS).exists()
    done = restore(file, replace=True)
    assert done.repeated == {"erase": 1}
    assert addresses() == {other.email}
    if connection.vendor == "sqlite":
        connections.close_all()
        database = Path(connection.settings_dict["NAME"])
        raw = [path for path in database.parent.glob(f"{database.name}*") if path.is_file()]
        found = [path for path in [*raw, *files_in(tmp_path)] if ADDRESS.encode() in path.read_bytes()]
        assert (len(raw) > 0, found) == (True, [])
        assert any(b"stays@example.org" in path.read_bytes() for path in raw)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_journal_of_the_living_installation_is_not_overwritten(backup: Backup) -> None:
    first, second = making.person(), making.person()
    erase([of_person(first.pk)], by=SYSTEM)
    file = backup()
    erase([of_person(second.pk)], by=SYSTEM)
    before = journal.path().read_bytes()
    assert restore(file, replace=True).repeated == {"erase": 2}
    assert journal.path().read_bytes() == before
    assert addresses() == set()


def test_a_copy_of_the_journal_of_a_lost_machine_is_replayed(backup: Backup, tmp_path: Path) -> None:
    person = making.person()
    file = backup()
    erase([of_person(person.pk)], by=SYSTEM)
    saved = journal.path().rename(tmp_path / "saved.jsonl")
    assert restore(file, replace=True).repeated == {}
    assert addresses() == {person.email}
    assert restore(file, replace=True, copy_of_journal=saved).repeated == {"erase": 1}
    assert addresses() == set()
    assert len(list(journal.entries())) == 1


def test_what_had_its_time_since_goes_again(backup: Backup) -> None:
    making.person()
    Person.objects.update(closed_at=clock.now() - timedelta(days=3652 - 10))
    file = backup()
    with clock.travel(clock.now() + timedelta(days=20)):
        restore(file, replace=True)
        assert not Person.objects.exists()


def test_a_restore_begins_an_epoch_that_says_from_what(backup: Backup) -> None:
    erase([of_person(making.person().pk)], by=SYSTEM)
    end = EvidenceHead.objects.get()
    file = backup()
    erase([of_person(making.person().pk)], by=SYSTEM)
    lost = EvidenceHead.objects.get()
    assert lost.sequence > end.sequence
    assert restore(file, replace=True).epoch == 2
    begun = EvidenceEntry.objects.get(deed="begin_epoch")
    about = EvidenceDetail.objects.get(sequence=begun.sequence).about
    assert end.hash in about
    assert lost.hash in about
    assert verify().whole


def test_everybody_signs_in_again(backup: Backup, client: Client) -> None:
    client.force_login(making.person())
    file = backup()
    assert client.get("/studio/").status_code != 302
    restore(file, replace=True)
    assert client.get("/studio/").status_code == 302


@pytest.mark.parametrize("to", ["own", "other"])
def test_nothing_unencrypted_stays(tmp_path: Path, to: str) -> None:
    making.person(ADDRESS)
    save_file("note.txt", ADDRESS.encode())
    file = back_up(own_folder() if to == "own" else tmp_path / "other")
    assert file.stat().st_mode & 0o777 == 0o600
    assert ADDRESS.encode() not in file.read_bytes()
    holding = [path.name for path in files_in(tmp_path) if ADDRESS.encode() in path.read_bytes()]
    assert holding == ["note.txt"]
