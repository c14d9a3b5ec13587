import copy
import dataclasses
import os
import pickle
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from perron.core import clock
from perron.privacy import clearing, consents, objections, restrictions, subjects
from perron.privacy.acting import SYSTEM
from perron.privacy.clearing import BadClearance, Clearance, NotCleared, clear, clear_many, redeem
from perron.privacy.consents import OfAge, Shown
from perron.privacy.declaring import Activity
from perron.privacy.models import RefusalCount
from perron.privacy.policy import current
from perron.privacy.reasons import Reason
from perron.privacy.subjects import Subject
from tests import making

pytestmark = pytest.mark.django_db

SHOWN = Shown("I want the newsletter.", "en", "newsletter", date(2026, 11, 1))


def _holder(email: str = "") -> Subject:
    return subjects.of_person(making.person(email).pk)


def _reason(subject: Subject, activity: Activity, *, at_their_request: bool = False) -> Reason | None:
    try:
        clear(subject, activity, at_their_request=at_their_request)
    except NotCleared as refusal:
        return refusal.reason
    return None


def test_a_clearance_is_used_once() -> None:
    subject = subjects.of_address("anne@example.org")
    clearance = clear(subject, Activity.CONTACT)
    redeem(clearance, activity=Activity.CONTACT, subject=subject)
    with pytest.raises(BadClearance, match="has been used"):
        redeem(clearance, activity=Activity.CONTACT, subject=subject)


def _bare(of: Clearance) -> Clearance:
    made = object.__new__(Clearance)
    for field in ("subject", "activity", "until"):
        object.__setattr__(made, field, getattr(of, field))
    return made


FORGERIES: dict[str, Callable[[Clearance], Clearance]] = {
    "made by hand": lambda of: Clearance(of.subject, of.activity, of.until),
    "replaced": lambda of: dataclasses.replace(of, until=of.until + timedelta(hours=1)),
    "bare": _bare,
}


@pytest.mark.parametrize("how", FORGERIES)
def test_what_only_looks_like_a_clearance_is_refused(how: str) -> None:
    subject = subjects.of_address("anne@example.org")
    genuine = clear(subject, Activity.CONTACT)
    with pytest.raises(BadClearance):
        redeem(FORGERIES[how](genuine), activity=Activity.CONTACT, subject=subject)
    redeem(genuine, activity=Activity.CONTACT, subject=subject)


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_clearance_cannot_be_copied_or_stored(how: Callable[[Clearance], object]) -> None:
    with pytest.raises(TypeError, match="cannot be copied or stored"):
        how(clear(subjects.of_address("anne@example.org"), Activity.CONTACT))


def test_a_clearance_that_was_changed_is_worth_what_it_was_issued_for() -> None:
    anne, bert = subjects.of_address("anne@example.org"), subjects.of_address("bert@example.org")
    clearance = clear(anne, Activity.CONTACT)
    object.__setattr__(clearance, "subject", bert)
    with pytest.raises(BadClearance, match="somebody or something else"):
        redeem(clearance, activity=Activity.CONTACT, subject=bert)


def test_a_clearance_expires() -> None:
    subject = subjects.of_address("anne@example.org")
    clearance = clear(subject, Activity.CONTACT)
    with clock.travel(clearance.until + timedelta(seconds=1)), pytest.raises(BadClearance, match="expired"):
        redeem(clearance, activity=Activity.CONTACT, subject=subject)


def test_a_clearance_is_for_one_activity() -> None:
    subject = subjects.of_address("anne@example.org")
    with pytest.raises(BadClearance, match="somebody or something else"):
        redeem(clear(subject, Activity.CONTACT), activity=Activity.RIGHTS, subject=subject)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_clearance_is_worth_nothing_in_another_process() -> None:
    clear_it = clear(subjects.of_address("anne@example.org"), Activity.CONTACT)
    if (child := os.fork()) == 0:
        os._exit(0 if clear_it not in clearing._issued else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_clearances_that_nobody_holds_are_forgotten() -> None:
    before = len(clearing._issued)
    kept, _ = clear_many([subjects.of_address("anne@example.org")], Activity.CONTACT)
    assert len(clearing._issued) == before + 1
    kept.clear()
    assert len(clearing._issued) == before


def test_a_refusal_says_why_in_the_language_of_who_reads_it() -> None:
    with pytest.raises(NotCleared, match="has not agreed") as refusal:
        clear(subjects.of_address("stranger@example.org"), Activity.PROMOTION)
    assert refusal.value.reason == Reason.NO_CONSENT
    with translation.override("fr"):
        assert "pas donné son accord" in refusal.value.reason.sentence
        assert len({reason.sentence for reason in Reason}) == len(Reason)


def test_an_activity_that_the_operator_does_not_do_is_refused() -> None:
    subject = _holder()
    policy = current.policy()
    without = {name: each for name, each in policy.activities.items() if name != "B"}
    assert _reason(subject, Activity.CONTACT) is None
    with current.replace(dataclasses.replace(policy, activities=without)):
        assert _reason(subject, Activity.CONTACT) == Reason.NOT_DONE


def test_what_touches_no_personal_data_has_no_basis_for_them() -> None:
    assert _reason(_holder(), Activity.STATISTICS) == Reason.NO_BASIS


def test_who_is_known_is_written_to_and_who_is_not_is_asked_first() -> None:
    stranger = subjects.of_address("stranger@example.org")
    assert _reason(_holder(), Activity.PROMOTION) is None
    assert _reason(stranger, Activity.PROMOTION) == Reason.NO_CONSENT
    consents.give(stranger, Activity.PROMOTION, "others", shown=SHOWN, age=OfAge(16), by=SYSTEM)
    assert _reason(stranger, Activity.PROMOTION) is None


def test_a_closed_account_is_left_alone_but_for_rights() -> None:
    person = making.person()
    subject = subjects.of_person(person.pk)
    assert _reason(subject, Activity.ACCOUNTS) is None
    type(person).objects.update(closed_at=clock.now())
    assert _reason(subject, Activity.ACCOUNTS) == Reason.CLOSED
    assert _reason(subject, Activity.RIGHTS) is None
    type(person).objects.all().delete()
    assert _reason(subject, Activity.ACCOUNTS) == Reason.CLOSED


def test_in_restriction_only_rights_and_what_the_person_asks_for_go_on() -> None:
    subject = _holder()
    restrictions.restrict(subject, restrictions.Ground.ACCURACY, by=SYSTEM)
    assert _reason(subject, Activity.ACCOUNTS) == Reason.RESTRICTED
    assert _reason(subject, Activity.ACCOUNTS, at_their_request=True) is None
    assert _reason(subject, Activity.RIGHTS) is None


def test_the_later_of_objection_and_consent_counts() -> None:
    subject = _holder("anne@example.org")
    objections.raise_objection(subject, Activity.PROMOTION, by=SYSTEM)
    assert _reason(subject, Activity.PROMOTION) == Reason.OBJECTED
    with clock.travel(clock.now() + timedelta(days=1)):
        consents.give(subject, Activity.PROMOTION, "others", shown=SHOWN, age=OfAge(13), by=SYSTEM)
        assert _reason(subject, Activity.PROMOTION) is None
    with clock.travel(clock.now() + timedelta(days=2)):
        objections.raise_objection(subject, Activity.PROMOTION, by=SYSTEM)
        assert _reason(subject, Activity.PROMOTION) == Reason.OBJECTED


def test_a_consent_below_a_raised_age_no_longer_counts() -> None:
    subject = subjects.of_address("young@example.org")
    consents.give(subject, Activity.PROMOTION, "others", shown=SHOWN, age=OfAge(13), by=SYSTEM)
    with current.replace(dataclasses.replace(current.policy(), age_of_consent=16)):
        assert _reason(subject, Activity.PROMOTION) == Reason.UNDER_AGE


def test_refusals_are_counted_without_saying_whose() -> None:
    strangers = [subjects.of_address(f"{number}@example.org") for number in range(3)]
    clear_many(strangers, Activity.PROMOTION)
    assert _reason(strangers[0], Activity.PROMOTION)
    counted = RefusalCount.objects.get()
    assert (counted.activity, counted.reason, counted.number) == ("E", "no_consent", 4)
    assert counted.day == clock.today()


@pytest.mark.parametrize("activity", [Activity.CONTACT, Activity.PROMOTION])
def test_a_larger_batch_takes_as_many_queries(activity: Activity) -> None:
    people = [_holder() for _ in range(4)] + [subjects.of_address(f"{number}@example.org") for number in range(4)]
    objections.raise_objection(people[0], Activity.PROMOTION, by=SYSTEM)
    taken = []
    for batch in (people[::4], people):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            cleared, refused = clear_many(batch, activity)
        assert {*cleared, *refused} == set(batch)
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 10
