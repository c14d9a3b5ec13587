"""CAP messages that belong together, in whatever order they come (OASIS CAP 1.2 §3.2.1, `references`)."""

from datetime import UTC, datetime

import pytest

from perron.core import clock
from perron.publishing.models import Item, ReceivedMessage
from perron.publishing.sources import reading
from tests.sources.writing_files import bring, cap

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _refer(*identifiers: str) -> str:
    return " ".join(f"crues@example.org,{name},2026-11-20T10:00:00+01:00" for name in identifiers)


def _standing() -> dict[str, str]:
    return dict(Item.objects.order_by("pk").values_list("working_title", "state"))


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
def test_a_message_that_refers_to_several_alerts_leaves_none_of_them_in_force(kind: str) -> None:
    with clock.travel(AT):
        bring(cap("A1", headline="Rive gauche"))
        bring(cap("B1", headline="Rive droite"))
        done = bring(cap("A2", kind=kind, references=_refer("A1", "B1"), headline="Les deux rives"))
    if kind == "Update":
        assert (done.changed, done.withdrawn) == (1, 1)
        assert _standing() == {"Les deux rives": "released", "Rive droite": "withdrawn"}
    else:
        assert done.withdrawn == 2
        assert _standing() == {"Rive gauche": "withdrawn", "Rive droite": "withdrawn"}


def test_of_several_alerts_the_update_goes_on_as_the_one_that_is_public() -> None:
    with clock.travel(AT):
        bring(cap("A1", headline="Rive gauche"))
        bring(cap("A2", kind="Cancel", references=_refer("A1")))
        bring(cap("B1", headline="Rive droite"))
        bring(cap("B2", kind="Update", references=_refer("A1", "B1"), headline="Les deux rives"))
    assert _standing() == {"Rive gauche": "withdrawn", "Les deux rives": "released"}


def test_an_alert_that_comes_after_its_update_does_not_come_back() -> None:
    with clock.travel(AT):
        bring(cap("A2", kind="Update", references=_refer("A1"), headline="Décrue"))
        late = bring(cap("A1"))
    assert late.unchanged == 1
    assert _standing() == {"Décrue": "released"}


def test_an_alert_that_comes_after_its_cancellation_is_not_shown() -> None:
    with clock.travel(AT):
        bring(cap("A2", kind="Cancel", references=_refer("A1")))
        late = bring(cap("A1"))
    assert [reason for _where, reason in late.skipped] == ["It was cancelled before it came."]
    assert _standing() == {}
    assert ReceivedMessage.objects.filter(item=None).count() == 2


def test_an_alert_lasts_as_long_as_its_last_block() -> None:
    first = cap(expires="2026-11-20T12:00:00+01:00").decode()
    block = first[first.index("<info>") : first.index("</alert>")].replace("T12:00", "T18:00")
    [entry] = reading.read(first.replace("</alert>", f"{block}</alert>").encode()).entries
    assert entry.details["ends_at"] == "2026-11-20T17:00:00+00:00"
