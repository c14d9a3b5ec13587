from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from perron.accounts.models import Person, Session
from perron.communities.models import Member
from perron.core import clock
from perron.core.errors import Refused
from perron.privacy import erasing, gate, journal, retaining
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.declaring import Activity, Personal
from perron.privacy.erasing import erase
from perron.privacy.models import Addressee, EvidenceDetail, UnfinishedErasure
from perron.privacy.receipts import Outcome
from perron.privacy.subjects import known_address, of_address, of_person
from tests import making, planting
from tests.privacy import lives

pytestmark = pytest.mark.django_db


def test_the_receipt_names_every_store_once() -> None:
    receipt = erase([planting.somebody()], by=SYSTEM)
    tables = [f"table:{table.model._meta.label}" for table in gate.tables() if isinstance(table, Personal)]
    assert sorted(line.store for line in receipt.lines) == sorted([*tables, *(store.name for store in gate.stores())])
    lines = {line.store: line for line in receipt.lines}
    assert lines["log:console"].outcome is Outcome.NOTHING
    assert lines["cookie:session"].outcome is Outcome.NOT_SUPPORTED
    assert (lines["file:journal.jsonl"].outcome, lines["file:journal.jsonl"].citation) == (
        Outcome.KEPT,
        "GDPR art. 17(3)(b)",
    )


def test_what_somebody_wrote_goes_and_the_account_without_a_name_stays() -> None:
    anne = making.person("anne.lambert@example.org", role="author", at=making.community())
    making.draft(by=Actor("person", anne.pk))
    assert lives.missing(["anne.lambert", "Anne Exemple"]) == []
    receipt = erase([of_person(anne.pk)], by=SYSTEM)
    assert lives.missing(["anne.lambert", "Anne Exemple"]) == ["anne.lambert", "Anne Exemple"]
    lines = {line.store: line for line in receipt.lines}
    assert lines["table:publishing.Item"].rows == lines["table:publishing.Revision"].rows == 1
    assert lines["table:accounts.Person"].citation == "GDPR art. 17(3)(e)"
    assert lines["table:privacy.AuditEntry"].rows == 1
    anne.refresh_from_db()
    assert anne.closed_at
    assert not anne.is_active
    later = erase([of_person(anne.pk)], by=SYSTEM)
    assert [line for line in later.lines if line.outcome is Outcome.ERASED and line.rows] == []


def test_erasure_for_one_activity_leaves_the_others() -> None:
    anne = making.person("anne.lambert@example.org", role="author", at=making.community())
    receipt = erase([of_person(anne.pk)], by=SYSTEM, activities=[Activity.STAFF])
    assert "table:accounts.Person" not in [line.store for line in receipt.lines]
    assert not Member.objects.exists()
    assert lives.missing(["anne.lambert"]) == []


def test_the_last_administrator_is_not_erased() -> None:
    anne = making.person("anne.lambert@example.org", role="administrator", at=making.community())
    with pytest.raises(Refused, match="last administrator of Liege"):
        erase([of_person(anne.pk)], by=SYSTEM)
    assert lives.missing(["anne.lambert"]) == []
    assert not journal.path().exists()
    assert not EvidenceDetail.objects.exists()


def test_an_address_is_known_as_long_as_something_is_about_it() -> None:
    address = of_address("anne.lambert@example.org")
    erase([address], by=SYSTEM)
    assert known_address("anne.lambert@example.org") == address
    evidence = EvidenceDetail.objects.get(subject_id=address.id)
    assert evidence.settled_at
    gone = evidence.settled_at.replace(year=evidence.settled_at.year + 10)
    assert retaining.expire(as_of=gone).overdue == {}
    assert known_address("anne.lambert@example.org") is None
    assert not Addressee.objects.exists()


def test_somebody_with_very_many_rows_goes_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 4)
    anne = making.person("anne.lambert@example.org")
    session = next(table for table in planting.personal_tables() if table.model is Session)
    planting.plant(session, of_person(anne.pk), 11)
    with CaptureQueriesContext(connection) as queries:
        receipt = erase([of_person(anne.pk)], by=SYSTEM)
    assert {line.store: line.rows for line in receipt.lines}["table:accounts.Session"] == 11
    assert not Session.objects.exists()
    assert not UnfinishedErasure.objects.exists()
    assert sum('DELETE FROM "accounts_session"' in query["sql"] for query in queries) >= 3
    assert EvidenceDetail.objects.filter(subject_id=anne.pk).count() == 1


def test_an_erasure_that_was_killed_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 4)
    anne, bert = making.person("anne.lambert@example.org"), making.person("bert@example.org")
    session = next(table for table in planting.personal_tables() if table.model is Session)
    planting.plant(session, of_person(anne.pk), 11)
    planting.plant(session, of_person(bert.pk), 3)

    def killed(_self: object) -> None:
        raise KeyboardInterrupt

    finish = erasing._Erasure.finish
    monkeypatch.setattr(erasing._Erasure, "finish", killed)
    with pytest.raises(KeyboardInterrupt):
        erase([of_person(anne.pk)], by=SYSTEM)
    monkeypatch.setattr(erasing._Erasure, "finish", finish)
    assert UnfinishedErasure.objects.exists()
    assert [entry.subject.id for entry in journal.entries()] == [anne.pk]
    assert erasing.go_on_with_unfinished() == 0
    with clock.travel(clock.now() + timedelta(minutes=11)):
        assert erasing.go_on_with_unfinished() == 1
    assert Session.objects.filter(person=bert).count() == Session.objects.count() == 3
    assert lives.missing(["anne.lambert"]) == ["anne.lambert"]
    assert not UnfinishedErasure.objects.exists()


def test_a_backup_brings_nobody_back() -> None:
    anne = making.person("anne.lambert@example.org", role="administrator", at=making.community())
    Person.objects.filter(pk=anne.pk).update(name="Anne Lambert")
    anne.refresh_from_db()
    making.person(role="administrator", at=making.community())
    begin = clock.now()
    erase([of_person(anne.pk)], by=SYSTEM)
    # As an older backup has it, in which nobody else was administrator yet.
    Person.objects.filter(pk=anne.pk).update(email=anne.email, name=anne.name, closed_at=None, is_active=True)
    Member.objects.all().delete()
    Member.objects.create(person=anne, community=making.community(), role="administrator")
    assert journal.replay(begin) == {"erase": 1}
    assert lives.missing(["anne.lambert", anne.name]) == ["anne.lambert", anne.name]
    assert not Member.objects.exists()


def test_the_same_queries_however_many_others_there_are() -> None:
    def queries(others: int) -> int:
        for _ in range(others):
            making.person()
        anne = making.person()
        with CaptureQueriesContext(connection) as captured:
            erase([of_person(anne.pk)], by=SYSTEM)
        return len(captured)

    queries(0)
    assert queries(1) == queries(20)
