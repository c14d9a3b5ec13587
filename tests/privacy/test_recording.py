from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, connections, transaction

from perron.core.clock import now
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.evidence.recording import record, settle
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.subjects import Subject

ANNE = Subject("person", UUID(int=7))


def test_without_a_transaction_nothing_is_recorded() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record("erase", ANNE, by=SYSTEM, about={})


@pytest.mark.django_db
def test_each_entry_follows_the_one_before() -> None:
    numbers = [record("erase", ANNE, by=Actor("person", ANNE.id), about={"n": n}) for n in range(3)]
    entries = list(EvidenceEntry.objects.order_by("sequence"))
    assert numbers == [entry.sequence for entry in entries] == [1, 2, 3]
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert EvidenceHead.objects.get().hash == entries[-1].hash


@pytest.mark.django_db
def test_the_chain_says_nothing_about_anybody() -> None:
    record("erase", ANNE, by=Actor("person", ANNE.id), about={"name": "Anne Lambert"})
    record("erase", ANNE, by=Actor("person", ANNE.id), about={"name": "Anne Lambert"})
    first, second = EvidenceEntry.objects.all()
    assert "Anne" in EvidenceDetail.objects.all()[0].about
    assert "Anne" not in str(EvidenceEntry.objects.values())
    assert ANNE.id.hex not in str(EvidenceEntry.objects.values())
    # Each has its own salt: that both are about the same cannot be seen.
    assert first.commitment != second.commitment


@pytest.mark.django_db
def test_the_clock_of_a_requests_evidence_starts_when_the_request_closes() -> None:
    request = uuid4()
    record("receive_request", ANNE, by=SYSTEM, about={"request": str(request)})
    assert EvidenceDetail.objects.get().settled_at is None
    settle(request)
    assert EvidenceDetail.objects.get().settled_at is not None
    # An acknowledgement that comes late is kept as long, from its own moment.
    record("acknowledge", None, by=SYSTEM, about={"request": str(request)})
    assert not EvidenceDetail.objects.filter(settled_at__isnull=True).exists()


@pytest.mark.django_db
def test_what_belongs_to_no_request_is_kept_from_its_own_moment() -> None:
    before = now()
    record("withdraw", ANNE, by=SYSTEM, about={})
    settled = EvidenceDetail.objects.get().settled_at
    assert settled
    assert before <= settled <= now()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda: EvidenceEntry.objects.update(deed="object"),
        lambda: EvidenceEntry.objects.update(at="2020-01-01T00:00:00.000000Z"),
        lambda: EvidenceEntry.objects.all().delete(),
        lambda: EvidenceDetail.objects.update(about="{}"),
    ],
    ids=["deed", "moment", "delete", "detail"],
)
def test_the_database_itself_refuses_to_change_evidence(change: object) -> None:
    record("erase", ANNE, by=SYSTEM, about={"n": 1})
    assert callable(change)
    with pytest.raises(DatabaseError, match="Evidence is not changed"), transaction.atomic():
        change()
    assert EvidenceEntry.objects.get().deed == "erase"


@pytest.mark.django_db
def test_nor_does_it_let_an_entry_be_replaced() -> None:
    record("erase", ANNE, by=SYSTEM, about={"n": 1})
    verb = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{verb} INTO privacy_evidenceentry SELECT * FROM privacy_evidenceentry")


@pytest.mark.django_db
def test_a_deed_is_a_word_of_the_program() -> None:
    with pytest.raises(ValueError, match="no deed"):
        record("Erase Anne", ANNE, by=SYSTEM, about={})


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_many_record_at_once_and_some_give_up() -> None:
    def work(worker: int) -> None:
        try:
            for turn in range(6):
                with transaction.atomic():
                    record("erase", ANNE, by=SYSTEM, about={"worker": worker, "turn": turn})
                    transaction.set_rollback(turn == worker)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        for future in [threads.submit(work, worker) for worker in range(4)]:
            future.result()
    assert list(EvidenceEntry.objects.values_list("sequence", flat=True).order_by("sequence")) == list(range(1, 21))
    assert EvidenceHead.objects.get().sequence == EvidenceDetail.objects.count() == 20
