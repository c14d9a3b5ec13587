"""Whatever is done to evidence behind the program's back is found."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.db.models import Max, Model
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.privacy.evidence import chain, recording
from perron.privacy.evidence.cutting import cut
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.evidence.verifying import verify
from tests.privacy.evidence_making import ANNE, record_some, tear_off_the_guards

pytestmark = pytest.mark.django_db

TABLES: tuple[type[Model], ...] = (EvidenceEntry, EvidenceDetail, EvidenceHead)


@pytest.fixture
def recorded() -> None:
    """Evidence whose beginning has been cut off already, and without triggers."""
    with clock.travel(clock.now() - timedelta(days=4000)):
        record_some(1)
    EvidenceDetail.objects.all().delete()
    cut()
    record_some()
    tear_off_the_guards()


@contextmanager
def tried() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def columns(model: type[Model]) -> list[str]:
    return [field.name for field in model._meta.concrete_fields]


def rows(model: type[Model]) -> list[dict[str, Any]]:
    return list(model._default_manager.order_by("pk").values())


def other(value: Any, draw: Callable[..., Any]) -> Any:
    """Return another value of the same type."""
    match value:
        case bool() | None:
            made = draw(st.uuids())
        case int():
            made = draw(st.integers(0, 2**31 - 1))
        case UUID():
            made = draw(st.one_of(st.uuids(), st.none()))
        case str():
            spelt = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=len(value))
            at = draw(st.integers(0, max(len(value) - 1, 0)))
            flipped = value[:at] + draw(st.sampled_from("0aZ")) + value[at + 1 :]
            made = draw(st.one_of(st.just(flipped), spelt))
        case _:
            made = value - draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=9000)))
    assume(made != value)
    return made


@pytest.mark.usefixtures("recorded")
def test_what_was_left_alone_is_whole() -> None:
    report = verify()
    assert (report.findings, report.entries, report.first, report.last) == ((), 9, 5, 13)


@pytest.mark.usefixtures("recorded")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_field_is_found(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(TABLES))
    row = data.draw(st.sampled_from(rows(model)))
    column = data.draw(st.sampled_from(columns(model)))
    # Of an open request nothing says yet when it will close.
    assume(not (column == "settled_at" and row[column] is None))
    # The head's number is that of its only row.
    assume(not (model is EvidenceHead and column == "id"))
    value = other(row[column], data.draw)
    taken = column == "sequence" and model._default_manager.filter(sequence=value).exists()
    assume(not taken)
    with tried():
        model._default_manager.filter(pk=row[model._meta.pk.name]).update(**{column: value})
        assert verify().findings


@pytest.mark.usefixtures("recorded")
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_removed_swapped_or_inserted_row_is_found(data: st.DataObject) -> None:
    model = data.draw(st.sampled_from(TABLES[:2]))
    first, second = data.draw(st.lists(st.sampled_from(rows(model)), min_size=2, max_size=2, unique_by=str))
    deed = data.draw(st.sampled_from(["remove", "swap", "insert"]))
    with tried():
        found = model._default_manager
        match deed:
            case "remove":
                found.filter(pk=first["sequence"]).delete()
            case "swap":
                found.filter(pk__in=[first["sequence"], second["sequence"]]).delete()
                found.create(**first | {"sequence": second["sequence"]})
                found.create(**second | {"sequence": first["sequence"]})
            case _:
                beyond = found.aggregate(last=Max("sequence"))["last"] + data.draw(st.integers(1, 3))
                found.create(**first | {"sequence": data.draw(st.sampled_from([beyond, 1]))})
        assert verify().findings


def test_no_evidence_is_whole_and_changes_nothing() -> None:
    assert verify().whole
    assert not EvidenceHead.objects.exists()


def test_details_leave_and_the_chain_stays_whole() -> None:
    with clock.travel(clock.now() - timedelta(days=4000)):
        record_some()
    EvidenceDetail.objects.all().delete()
    report = verify()
    assert (report.whole, report.without_detail) == (True, 8)


def test_a_detail_that_left_before_its_time_is_found() -> None:
    record_some()
    EvidenceDetail.objects.filter(sequence=3).delete()
    assert verify().findings == ("The detail of entry 3 has gone before its time.",)


def test_entries_are_cut_off_once_their_details_have_left() -> None:
    long_ago = clock.now() - timedelta(days=4000)
    with clock.travel(long_ago):
        record_some()
    assert cut() == 0
    EvidenceDetail.objects.exclude(sequence=6).delete()
    assert cut() == 5
    EvidenceDetail.objects.filter(sequence=6).delete()
    assert cut() == 3
    assert list(EvidenceEntry.objects.values_list("sequence", "deed")) == [(9, "cut"), (10, "cut")]
    assert verify().whole
    assert cut() == 0


def test_a_beginning_that_was_cut_off_by_hand_is_found() -> None:
    record_some()
    second = EvidenceEntry.objects.get(sequence=2)
    tear_off_the_guards()
    EvidenceEntry.objects.filter(sequence__lte=2).delete()
    EvidenceDetail.objects.filter(sequence__lte=2).delete()
    EvidenceHead.objects.update(anchor_sequence=2, anchor_hash=second.hash)
    assert verify().findings == ("The chain begins after entry 2, and no entry says that it was cut there.",)


def test_an_epoch_begins_with_an_entry_that_says_so() -> None:
    record_some()
    recording.begin_epoch({"backup": "0" * 64})
    recording.record("erase", ANNE, by=SYSTEM, about={})
    report = verify()
    assert (report.whole, report.epoch) == (True, 2)


def test_nothing_is_added_to_evidence_without_a_head() -> None:
    record_some()
    EvidenceHead.objects.all().delete()
    with pytest.raises(recording.LostHead):
        recording.record("erase", ANNE, by=SYSTEM, about={})
    assert verify().findings


def test_what_is_recorded_is_what_the_documentation_says() -> None:
    recording.record("erase", ANNE, by=SYSTEM, about={"n": 1, "a": "é"})
    entry, detail = EvidenceEntry.objects.get(), EvidenceDetail.objects.get()
    assert detail.about == '{"a":"é","n":1}'
    assert entry.commitment == recording.commitment_of(detail)
    assert entry.hash == chain.link((1, 1, entry.at, "erase", entry.commitment, "0" * 64))
