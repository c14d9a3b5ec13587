"""What privacy must tell people becomes letters, exactly once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from perron.core.clock import now, travel
from perron.letters.models import Letter
from perron.letters.pulling import pull_due
from perron.privacy import noticing
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry, Notice
from perron.privacy.subjects import of_address

pytestmark = pytest.mark.django_db

ABOUT = UUID(int=5)


def notice(kind: str = "hello", **more: Any) -> Notice:
    values: dict[str, Any] = {
        "subject": of_address("anne@example.org"),
        "address": "anne@example.org",
        "language": "de",
        "context": {"name": "Anne"},
        "by": SYSTEM,
    }
    with transaction.atomic():
        return noticing.notice(kind, **values | more)


def test_a_notice_becomes_a_letter_when_it_is_due() -> None:
    notice(due_at=now() + timedelta(days=3))
    assert pull_due() == 0
    assert not Letter.objects.exists()
    with travel(now() + timedelta(days=4)):
        assert pull_due() == 1
        assert pull_due() == 0
    row = Letter.objects.get()
    assert (row.kind, row.to, row.language, row.context) == ("hello", "anne@example.org", "de", {"name": "Anne"})
    assert row.whose == of_address("anne@example.org")
    assert not Notice.objects.exists()


def test_neither_the_letter_nor_the_notice_is_lost_when_the_other_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    notice()
    monkeypatch.setattr(Notice.objects.all().__class__, "delete", _fail)
    with pytest.raises(OSError, match="no disk"):
        pull_due()
    monkeypatch.undo()
    assert (Notice.objects.count(), Letter.objects.count()) == (1, 0)


def _fail(*_: object) -> None:
    raise OSError("no disk")


def test_what_is_not_due_yet_can_be_taken_back() -> None:
    notice(about=ABOUT, due_at=now() + timedelta(days=3))
    notice(about=ABOUT)
    notice(due_at=now() + timedelta(days=3))
    with transaction.atomic():
        assert noticing.withdraw(ABOUT, by=SYSTEM, kind="news") == 0
        assert noticing.withdraw(ABOUT, by=SYSTEM) == 1
    assert Notice.objects.filter(about_id=ABOUT).count() == 1
    assert AuditEntry.objects.filter(verb="withdraw notice").count() == 1
    with travel(now() + timedelta(days=4)):
        assert pull_due() == 2


def test_a_notice_that_nobody_can_write_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    notice("unheard-of")
    notice()
    pull_due()
    assert Letter.objects.get().kind == "hello"
    assert Notice.objects.get().due_at > now()
    assert "unheard-of" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_notice_belongs_in_the_transaction_of_its_cause() -> None:
    whose = of_address("anne@example.org")
    with pytest.raises(transaction.TransactionManagementError, match="transaction of its cause"):
        noticing.notice("hello", subject=whose, address="anne@example.org", language="fr", context={}, by=SYSTEM)
