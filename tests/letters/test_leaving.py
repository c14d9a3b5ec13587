"""Letters leave: after thirty days by themselves, and with whoever asks for erasure."""

from datetime import timedelta

import pytest
from django.db import transaction

from perron.core.clock import now, travel
from perron.letters import outbox
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy import noticing
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.privacy.models import Notice
from perron.privacy.retaining import expire
from perron.privacy.subjects import of_address
from tests.letters.writing_letters import letter

pytestmark = pytest.mark.django_db


def test_sent_letters_go_after_thirty_days_and_waiting_ones_stay() -> None:
    letter(to="anne@example.org")
    post_due()
    waiting = letter(to="bert@example.org")
    with travel(now() + timedelta(days=29)):
        expire()
        assert Letter.objects.count() == 2
    with travel(now() + timedelta(days=31)):
        expire()
        assert Letter.objects.get() == waiting


def test_erasure_takes_what_waits_what_was_sent_what_is_due_and_what_is_in_the_outbox() -> None:
    anne = of_address("anne@example.org")
    letter(to="anne@example.org")
    post_due()
    letter(to="anne@example.org")
    with transaction.atomic():
        noticing.notice("hello", subject=anne, address="anne@example.org", language="fr", context={}, by=SYSTEM)
    letter(to="bert@example.org")
    post_due(limit=0)
    erase([anne], by=SYSTEM)
    assert [row.to for row in Letter.objects.all()] == ["bert@example.org"]
    assert not Notice.objects.exists()
    assert outbox.newest() == []
