"""X5, restriction: stored and not used, save what art. 18(2) allows; the person is told before it is lifted."""

from datetime import timedelta

import pytest

from perron.core import clock
from perron.letters.models import Letter
from perron.letters.pulling import pull_due
from perron.letters.rendering import render
from perron.outreach.contact.receiving import Written, receive
from perron.outreach.models import Conversation
from perron.privacy import restrictions
from perron.privacy.acting import SYSTEM
from perron.privacy.clearing import NotCleared, clear, redeem
from perron.privacy.declaring import Activity
from perron.privacy.reasons import Reason

pytestmark = pytest.mark.django_db


def test_x5_restricted_data_are_stored_and_come_back_after_notice() -> None:
    asked = Written(first_name="Anne", name="Lambert", email="anne@example.org", heading="Question", text="Hello.")
    subject = receive(asked, language="en").subject
    redeem(clear(subject, Activity.CONTACT), activity=Activity.CONTACT, subject=subject)

    restriction = restrictions.restrict(subject, restrictions.Ground.ACCURACY, by=SYSTEM)
    assert (Conversation.objects.count(), Conversation.stored.count()) == (0, 1)
    with pytest.raises(NotCleared) as refusal:
        clear(subject, Activity.CONTACT)
    assert refusal.value.reason == Reason.RESTRICTED
    clear(subject, Activity.RIGHTS)
    assert [shown.ground for shown in restrictions.in_force(subject)] == ["accuracy"]

    restrictions.announce_lift(restriction, "Your name was right.", to=asked.email, language="en", by=SYSTEM)
    pull_due()
    told = render(Letter.objects.get(kind="restriction-ends"))
    assert "Your name was right." in told.text
    assert restrictions.lift_due() == 0

    with clock.travel(clock.now() + restrictions.NOTICE + timedelta(minutes=1)):
        assert restrictions.lift_due() == 1
        assert Conversation.objects.count() == 1
        clear(subject, Activity.CONTACT)
