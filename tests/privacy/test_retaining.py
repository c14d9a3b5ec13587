from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.management import CommandError, call_command
from django.db import transaction

from perron.accounts.models import Person, Session
from perron.core import clock
from perron.privacy import files, leaving, restrictions, retaining
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry, DoomedFile, EvidenceDetail
from perron.privacy.policy.current import policy
from perron.privacy.restrictions import Ground
from perron.privacy.retaining import expire
from perron.privacy.subjects import of_person
from perron.privacy.wishes import Restriction
from tests import making

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 4, tzinfo=UTC)
LONG_AGO = datetime(2020, 3, 4, tzinfo=UTC)


def _trail(at: datetime, number: int = 1, **columns: Any) -> list[AuditEntry]:
    rows = (AuditEntry(at=at, verb="draft", object_kind="item", object_id=SOMETHING, **columns) for _ in range(number))
    return AuditEntry.objects.bulk_create(rows)


SOMETHING = "00000000-0000-0000-0000-000000000001"


def _line(report: retaining.Report, table: str = "privacy.AuditEntry") -> retaining.Line:
    return next(line for line in report.lines if line.table == table)


@pytest.mark.parametrize("same_moment", [True, False])
def test_what_is_due_goes_in_batches(monkeypatch: pytest.MonkeyPatch, same_moment: bool) -> None:
    monkeypatch.setattr(retaining, "BATCH", 3)
    for number in range(10):
        _trail(LONG_AGO + (timedelta(0) if same_moment else timedelta(minutes=number)))
    kept = _trail(NOW)
    assert _line(expire(as_of=NOW)) == retaining.Line("staff", "privacy.AuditEntry", expired=10, left={})
    assert list(AuditEntry.objects.all()) == kept
    assert EvidenceDetail.objects.get().about.count("privacy.AuditEntry") == 1


def test_a_dry_run_says_the_same_and_changes_nothing() -> None:
    _trail(LONG_AGO, 4)
    anne = making.person()
    Person.objects.filter(pk=anne.pk).update(closed_at=LONG_AGO - timedelta(days=4000))
    dry = expire(as_of=NOW, dry_run=True)
    assert AuditEntry.objects.count() == 4
    assert not EvidenceDetail.objects.exists()
    assert {line.table: line.due for line in dry.lines if line.due} == {"accounts.Person": 1, "privacy.AuditEntry": 4}
    assert expire(as_of=NOW).lines == dry.lines


def test_what_is_restricted_is_held_and_goes_when_the_restriction_ends() -> None:
    anne, bert = making.person(), making.person()
    for person in (anne, bert):
        _trail(LONG_AGO, 2, actor_kind="person", actor_id=person.pk)
        Session.objects.create(session_key=person.pk.hex, person=person, expire_date=LONG_AGO)
    restriction = restrictions.restrict(of_person(anne.pk), Ground.CLAIMS, by=SYSTEM)
    report = expire(as_of=NOW)
    assert _line(report) == retaining.Line("staff", "privacy.AuditEntry", expired=2, left={"restricted": 2})
    assert report.overdue == {}
    assert not Session.objects.exists()
    assert _line(expire(as_of=NOW, dry_run=True)).left == {"restricted": 2}
    Restriction.objects.filter(pk=restriction.pk).update(lifted_at=NOW)
    assert _line(expire(as_of=NOW)).expired == 2


def test_a_sweep_that_is_killed_is_taken_up_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retaining, "BATCH", 3)
    for number in range(10):
        _trail(LONG_AGO + timedelta(minutes=number))
    batches: list[object] = []

    def killed(rows: Any, *arguments: Any) -> Any:
        batches.extend([rows] if rows.model is AuditEntry else [])
        if len(batches) > 2:
            raise KeyboardInterrupt
        return leaving.take(rows, *arguments)

    monkeypatch.setattr(retaining, "take", killed)
    with pytest.raises(KeyboardInterrupt):
        expire(as_of=NOW)
    monkeypatch.setattr(retaining, "take", leaving.take)
    assert AuditEntry.objects.count() == 4
    assert _line(expire(as_of=NOW)).expired == 4
    assert not AuditEntry.objects.exists()


def test_the_command_says_what_went_by_activity_and_ends_with_zero_overdue() -> None:
    _trail(LONG_AGO, 4)
    shown = StringIO()
    call_command("retention", as_of=NOW, stdout=shown)
    assert "staff       privacy.AuditEntry" in shown.getvalue()
    assert "Zero rows overdue." in shown.getvalue()
    again = StringIO()
    call_command("retention", "--as-of", "2027-03-04", "--dry-run", stdout=again)
    assert "privacy.AuditEntry" not in again.getvalue()


def test_the_command_fails_and_names_what_is_overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    _trail(LONG_AGO, 4)
    monkeypatch.setattr(retaining, "take", lambda *_: Counter())
    with pytest.raises(CommandError, match=r"Overdue: 4 in privacy\.AuditEntry"):
        call_command("retention", as_of=NOW, stdout=StringIO())
    with pytest.raises(CommandError, match="is no date; write it as 2026-12-31"):
        call_command("retention", "--as-of", "tomorrow", stdout=StringIO())
    with pytest.raises(CommandError, match="no version is in force"):
        call_command("retention", "--as-of", "2001-01-01", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_files_go_after_the_commit_and_never_without_it() -> None:
    name = default_storage.save("things/1/words.txt", ContentFile(b"words"))
    with transaction.atomic():
        files.doom([name])
        transaction.set_rollback(True)
    assert default_storage.exists(name)
    with transaction.atomic():
        files.doom([name])
        assert default_storage.exists(name)
    assert not default_storage.exists("things/1")
    assert not DoomedFile.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_file_that_a_kill_left_is_deleted_later_and_one_that_is_gone_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = default_storage.save("things/1/words.txt", ContentFile(b"words"))
    DoomedFile.objects.bulk_create([DoomedFile(name=name), DoomedFile(name="things/2/gone.txt")])
    with monkeypatch.context() as patch:
        patch.setattr(FileSystemStorage, "delete", _full)
        files.delete_doomed()
    assert files.delete_doomed() >= 1
    assert not Path(default_storage.path(name)).exists()
    assert not DoomedFile.objects.exists()


def _full(*_: object) -> None:
    raise OSError("the disk is away")


def test_the_period_is_that_of_the_policy_in_force_on_that_day() -> None:
    _trail(NOW)
    period = policy().retention("staff", "deed").period
    assert period
    over = period.after(NOW)
    assert _line(expire(as_of=over - timedelta(seconds=1))).expired == 0
    with clock.travel(over):
        assert _line(expire()).expired == 1
