import os
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction

from perron.core import clock
from perron.privacy import journal, subjects
from perron.privacy.models import Addressee
from perron.privacy.subjects import Subject

ANNE, BERT = Subject("person", UUID(int=1)), Subject("person", UUID(int=2))


@pytest.fixture
def repeated(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Subject, Mapping[str, str]]]:
    """What the rule for the deed "try" was asked to repeat."""
    asked: list[tuple[Subject, Mapping[str, str]]] = []
    monkeypatch.setattr(journal, "_rules", {})
    journal.replays("try")(lambda subject, detail: asked.append((subject, detail)))
    return asked


def test_without_a_transaction_nothing_is_written() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        journal.write("try", ANNE)
    assert not journal.path().exists()


@pytest.mark.django_db
def test_what_is_written_is_repeated_in_order(repeated: list[object]) -> None:
    begin = clock.now()
    journal.write("try", ANNE, activity="E")
    journal.write("try", BERT)
    assert journal.replay(begin) == {"try": 2}
    assert repeated == [(ANNE, {"activity": "E"}), (BERT, {})]
    assert journal.path().stat().st_mode & 0o777 == 0o600


@pytest.mark.django_db
def test_only_what_came_since_is_repeated(repeated: list[object]) -> None:
    journal.write("try", ANNE)
    with clock.travel(clock.now() + timedelta(days=1)):
        journal.write("try", BERT)
        assert journal.replay(clock.now()) == {"try": 1}
    assert repeated == [(BERT, {})]


@pytest.mark.django_db
def test_repeating_writes_nothing_again(repeated: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    journal.write("try", ANNE)
    journal._rules["try"] = lambda subject, detail: journal.write("try", subject, **detail)
    before = journal.path().read_bytes()
    assert journal.replay(clock.now()) == {"try": 1}
    assert journal.path().read_bytes() == before


@pytest.mark.django_db
def test_it_is_on_the_disk_even_if_the_deed_fails() -> None:
    with transaction.atomic():
        journal.write("try", ANNE)
        transaction.set_rollback(True)
    assert [entry.subject for entry in journal.entries()] == [ANNE]


@pytest.mark.django_db
def test_a_line_that_a_crash_cut_off_is_passed_over(repeated: list[object]) -> None:
    journal.write("try", ANNE)
    whole = journal.path().read_bytes()
    journal.path().write_bytes(whole + whole[:40])
    assert journal.replay(clock.now()) == {"try": 1}
    journal.write("try", BERT)
    assert [entry.subject for entry in journal.entries()] == [ANNE, BERT]


@pytest.mark.django_db
def test_a_damaged_line_is_named_and_not_passed_over() -> None:
    journal.write("try", ANNE)
    journal.write("try", BERT)
    first, second = journal.path().read_bytes().splitlines(keepends=True)
    journal.path().write_bytes(first[:40] + b"\n" + second)
    with pytest.raises(journal.BadJournal, match="line 1"):
        list(journal.entries())


@pytest.mark.django_db
def test_a_deed_that_no_rule_repeats_stops_the_replay(repeated: list[object]) -> None:
    journal.write("other", ANNE)
    with pytest.raises(journal.BadJournal, match="no rule replays the deed 'other'"):
        journal.replay(clock.now())


@pytest.mark.django_db
def test_an_address_is_found_again_under_another_number(repeated: list[tuple[Subject, object]]) -> None:
    now_known = subjects.of_address("anne@example.org")
    journal.write("try", now_known)
    assert "anne" not in journal.path().read_text()
    # The backup is from before the address was first erased; then it had another number.
    Addressee.objects.all().delete()
    then = subjects.of_address("anne@example.org")
    journal.replay(clock.now())
    assert repeated[0][0] == then != now_known


@pytest.mark.django_db
def test_entries_leave_when_no_backup_can_need_them() -> None:
    journal.write("try", ANNE)
    with clock.travel(clock.now() + timedelta(days=20)):
        journal.write("try", BERT)
        assert journal.forget() == 0
    with clock.travel(clock.now() + timedelta(days=40)):
        assert journal.forget() == 1
        assert [entry.subject for entry in journal.entries()] == [BERT]
    assert ANNE.id.hex not in journal.path().read_text().replace("-", "")
    assert not list(Path(journal.path().parent).glob("*.new"))


@pytest.mark.once
def test_a_process_that_has_loaded_nothing_else_knows_how_to_repeat_every_deed(tmp_path: Path) -> None:
    source = "\n".join(path.read_text() for path in (Path(__file__).parents[2] / "src").rglob("*.py"))
    written = set(re.findall(r'journal\.write\(\s*"(\w+)"', source))
    assert {"erase", "object", "withdraw", "restrict", "lift", "close"} <= written
    program = "import django; django.setup(); from perron.privacy import journal; print(*journal._rules)"
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "perron.project.settings", "PERRON_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=own, check=True, capture_output=True, text=True)
    assert written - set(done.stdout.split()) == set()
