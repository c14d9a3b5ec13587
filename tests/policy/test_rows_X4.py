"""X4: consent can be withdrawn at any time, without undoing the past: as easy as giving it, and its history is kept."""

import inspect
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest

from perron.core import clock
from perron.privacy import consents, subjects
from perron.privacy.acting import SYSTEM
from perron.privacy.clearing import NotCleared, clear, redeem
from perron.privacy.consents import OfAge, Shown
from perron.privacy.declaring import Activity
from perron.privacy.exporting import archive
from perron.privacy.models import Consent, EvidenceEntry
from perron.privacy.policy.current import policy
from perron.privacy.reasons import Reason

pytestmark = pytest.mark.django_db


def test_x4_a_consent_is_withdrawn_at_any_time_and_its_history_is_kept() -> None:
    subject, activity = subjects.of_address("anne@example.org"), Activity.PROMOTION
    with pytest.raises(NotCleared) as refusal:
        clear(subject, activity)
    assert refusal.value.reason == Reason.NO_CONSENT

    shown = Shown("Yes, send me the newsletter.", "en", "newsletter", policy().version.in_force)
    consents.give(subject, activity, "others", shown=shown, age=OfAge(13), by=SYSTEM)
    redeem(clear(subject, activity), activity=activity, subject=subject)

    with clock.travel(clock.now() + timedelta(days=400)):
        consents.withdraw(subject, activity, form="foot of a message", by=SYSTEM)
        with pytest.raises(NotCleared) as refusal:
            clear(subject, activity)
        assert refusal.value.reason == Reason.NO_CONSENT

    withdrawn, given = Consent.objects.order_by("-at", "-pk")
    assert (given.given, given.wording, withdrawn.given) == (True, "Yes, send me the newsletter.", False)
    assert set(EvidenceEntry.objects.values_list("deed", flat=True)) >= {"give_consent", "withdraw_consent"}


def test_x4_to_withdraw_asks_for_no_more_than_to_give() -> None:
    def asked(verb: object) -> set[str]:
        parameters = inspect.signature(verb).parameters.values()  # type: ignore[arg-type]
        return {each.name for each in parameters if each.default is inspect.Parameter.empty}

    assert len(asked(consents.withdraw)) < len(asked(consents.give))


def test_x4_the_person_sees_what_they_agreed_to_and_withdrew() -> None:
    subject = subjects.of_address("anne@example.org")
    shown = Shown("Send me news about trams.", "en", "newsletter", policy().version.in_force)
    consents.give(subject, Activity.PROMOTION, "others", shown=shown, age=OfAge(13), by=SYSTEM)
    consents.withdraw(subject, Activity.PROMOTION, form="foot of a message", by=SYSTEM)
    with BytesIO() as file:
        archive([subject], language="en", out=file)
        page = ZipFile(file).read("index.html").decode()
    assert "Send me news about trams." in page
