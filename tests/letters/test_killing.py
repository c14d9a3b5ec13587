"""A posting program killed again and again: every letter arrives, and twice at most what was on its way at a kill."""

import pytest

from perron.letters.models import Letter
from tests.letters.killing import posted_under_kills

LETTERS = 70


@pytest.mark.django_db(transaction=True)
def test_every_letter_arrives_whenever_the_program_is_killed() -> None:
    posted = posted_under_kills(LETTERS, seed=7)
    assert posted.kills > 2
    assert set(posted.arrived) == posted.written
    assert posted.arrived.total() - LETTERS <= posted.kills
    assert not Letter.objects.waiting().exists()
    assert Letter.objects.filter(was_sent=True).count() == LETTERS
