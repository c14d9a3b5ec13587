"""Consents, objections and restrictions: kept, carried out, proved, and done again after a restore."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from perron.core import clock
from perron.core.errors import Conflict, Refused
from perron.privacy import consents, hiding, journal, objections, restrictions, subjects
from perron.privacy.acting import SYSTEM
from perron.privacy.clearing import clear_many
from perron.privacy.consents import Guardian, OfAge, Shown
from perron.privacy.declaring import Activity
from perron.privacy.models import AuditEntry, Consent, EvidenceEntry, Objection, Restriction, Stop
from perron.privacy.notices import Notice
from perron.privacy.policy import current
from perron.privacy.policy.values import Policy, Version
from perron.privacy.restrictions import Ground
from perron.privacy.subjects import Subject
from perron.publishing.models import Revision
from tests import making

SHOWN = Shown("I want the newsletter.", "en", "newsletter", date(2026, 11, 1))
PROMOTION = Activity.PROMOTION


def _anne() -> Subject:
    return subjects.of_address("anne@example.org")


def _give(subject: Subject, basis: str = "others", age: OfAge | Guardian | None = OfAge(13)) -> Consent:  # noqa: B008
    return consents.give(subject, PROMOTION, basis, shown=SHOWN, age=age, by=SYSTEM)


def _policy(**changes: object) -> Policy:
    """Return today's policy with activity E changed."""
    today = current.policy()
    changed = dataclasses.replace(today.activities["E"], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(today, activities={**today.activities, "E": changed})


@pytest.mark.django_db
def test_a_consent_is_kept_with_its_words_and_its_history() -> None:
    _give(_anne())
    assert consents.has_given(_anne(), PROMOTION, "others")
    assert consents.to_ask(_anne(), PROMOTION) == []
    consents.withdraw(_anne(), PROMOTION, form="foot of a message", by=SYSTEM)
    assert not consents.has_given(_anne(), PROMOTION, "others")
    assert consents.to_ask(_anne(), PROMOTION) == ["others"]
    withdrawn, given = Consent.objects.order_by("-at", "-pk")
    assert (given.given, given.wording, given.form, given.policy_version) == (
        True,
        *dataclasses.astuple(SHOWN)[::2],
        SHOWN.version,
    )
    assert (withdrawn.given, withdrawn.form, withdrawn.ended_at) == (False, "foot of a message", given.ended_at)
    assert list(EvidenceEntry.objects.order_by("pk").values_list("deed", flat=True)) == [
        "give_consent",
        "withdraw_consent",
    ]
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"give consent", "withdraw consent"}


@pytest.mark.django_db
@pytest.mark.parametrize("age", [None, OfAge(12)])
def test_nobody_below_thirteen_consents_alone(age: OfAge | None) -> None:
    with pytest.raises(Refused, match="Below the age of 13, a parent or guardian has to agree"):
        _give(_anne(), age=age)
    _give(_anne(), age=Guardian(subjects.of_address("parent@example.org")))
    assert consents.has_given(_anne(), PROMOTION, "others")
    with pytest.raises(Refused, match="an address of their own"):
        _give(_anne(), age=Guardian(_anne()))


@pytest.mark.django_db
def test_who_agreed_is_asked_again_when_a_purpose_is_added() -> None:
    _give(_anne())
    basis = current.policy().activities["E"].bases[-1]
    more = dataclasses.replace(basis, id="partners_offers")
    with current.replace(_policy(bases=(basis, more))):
        assert consents.to_ask(_anne(), PROMOTION) == ["partners_offers"]


@pytest.mark.django_db
@pytest.mark.parametrize("added", [{"categories": ("email", "telephone")}, {"recipients": ("accountant",)}])
def test_who_agreed_is_asked_again_when_more_is_done_than_was_said(added: dict[str, tuple[str, ...]]) -> None:
    assert (
        not set(added.get("categories", ())) <= set(current.policy().activities["E"].categories)
        or "recipients" in added
    )
    consent = _give(_anne())
    with current.replace(dataclasses.replace(_policy(**added), version=_tomorrow())):
        assert consents.to_ask(_anne(), PROMOTION) == ["others"]
        consents.give(_anne(), PROMOTION, "others", by=SYSTEM, age=OfAge(13),
                      shown=dataclasses.replace(SHOWN, version=_tomorrow().in_force))  # fmt: skip
        assert consents.to_ask(_anne(), PROMOTION) == []
    consent.refresh_from_db()
    assert consent.ended_at


def _tomorrow() -> Version:
    return dataclasses.replace(current.versions()[-1].version, in_force=date(2099, 1, 1))


@pytest.mark.django_db
def test_a_consent_needs_a_purpose_and_words_that_were_shown() -> None:
    with pytest.raises(Refused, match="asks nobody's consent"):
        _give(_anne(), "clients")
    for shown, why in ((dataclasses.replace(SHOWN, wording=" "), "which words"),
                       (dataclasses.replace(SHOWN, language="it"), "does not speak it"),
                       (dataclasses.replace(SHOWN, version=date(2020, 1, 1)), "no version of the policy")):  # fmt: skip
        with pytest.raises(Refused, match=why):
            consents.give(_anne(), PROMOTION, "others", shown=shown, age=OfAge(13), by=SYSTEM)


@pytest.mark.django_db
def test_an_objection_to_promotion_is_remembered_without_the_address() -> None:
    person = making.person("anne@example.org")
    objections.raise_objection(subjects.of_person(person.pk), PROMOTION, by=person.actor)
    Objection.objects.all().delete()
    person.delete()
    assert objections.has_objected("Anne@example.org", PROMOTION)
    assert objections.has_objected(_anne(), PROMOTION)
    assert objections.has_objected(subjects.of_person(making.person("anne@example.org").pk), PROMOTION)
    assert not objections.has_objected("bert@example.org", PROMOTION)
    assert "anne" not in str(Stop.objects.values())


@pytest.mark.django_db
def test_another_objection_is_considered_and_answered() -> None:
    subject = subjects.of_person(making.person().pk)
    objection = objections.raise_objection(subject, Activity.SOCIAL, grounds="My situation.", by=SYSTEM)
    assert (objection.state, objections.has_objected(subject, Activity.SOCIAL)) == ("raised", True)
    with pytest.raises(Refused, match="which compelling grounds"):
        objections.refuse(objection, " ", by=SYSTEM)
    refused = objections.refuse(objection, "Fraud is being investigated.", by=SYSTEM)
    assert refused.closed_at
    assert not objections.has_objected(subject, Activity.SOCIAL)
    with pytest.raises(Conflict):
        objections.uphold(refused, "", by=SYSTEM)
    upheld = objections.uphold(objections.raise_objection(subject, Activity.SOCIAL, by=SYSTEM), "Yes.", by=SYSTEM)
    assert (upheld.closed_at, objections.has_objected(subject, Activity.SOCIAL)) == (None, True)


@pytest.mark.django_db
def test_promotion_is_not_weighed_and_a_contract_is_not_objected_to() -> None:
    with pytest.raises(Refused, match="always upheld"):
        objections.refuse(objections.raise_objection(_anne(), PROMOTION, by=SYSTEM), "We would like to.", by=SYSTEM)
    with pytest.raises(Refused, match="rests on a contract"):
        objections.raise_objection(_anne(), Activity.CONTACT, by=SYSTEM)


@pytest.mark.django_db
def test_a_restriction_hides_rows_until_it_is_lifted_after_notice() -> None:
    person = making.person(role="editor", at=making.community())
    making.draft(by=person.actor)
    subject = subjects.of_person(person.pk)
    shown = hiding.hide(Revision.objects.all(), "saved_by_id")
    assert shown.count() == 1
    restriction = restrictions.restrict(subject, Ground.ACCURACY, by=SYSTEM)
    assert restrictions.restrict(subject, Ground.ACCURACY, by=SYSTEM) == restriction
    assert (shown.count(), hiding.stored(Revision).count()) == (0, 1)
    with pytest.raises(Refused, match="Announce the end"):
        restrictions.lift(restriction, by=SYSTEM)
    announced = restrictions.announce_lift(
        restriction, "The data are right.", to="anne@example.org", language="fr", by=SYSTEM
    )
    assert Notice.objects.get().kind == "restriction-ends"
    with pytest.raises(Refused, match="lasts until"):
        restrictions.lift(announced, by=SYSTEM)
    assert (restrictions.lift_due(), shown.count()) == (0, 0)
    with clock.travel(clock.now() + restrictions.NOTICE):
        assert (restrictions.lift_due(), shown.count()) == (1, 1)
        with pytest.raises(Conflict):
            restrictions.lift(announced, by=SYSTEM)


@pytest.mark.django_db
def test_the_data_come_back_with_the_last_of_several_restrictions() -> None:
    first, second = (restrictions.restrict(_anne(), ground, by=SYSTEM) for ground in (Ground.ACCURACY, Ground.CLAIMS))
    restrictions.announce_lift(first, "Checked.", to="anne@example.org", language="fr", by=SYSTEM)
    with clock.travel(clock.now() + restrictions.NOTICE):
        restrictions.lift(first, by=SYSTEM)
    assert list(restrictions.in_force(_anne())) == [second]


@pytest.mark.django_db
def test_what_was_decided_is_done_again_after_a_restore() -> None:
    began = clock.now()
    person = making.person("anne@example.org")
    bert = subjects.of_address("bert@example.org")
    _give(bert)
    backup = Consent.objects.get()
    objections.raise_objection(subjects.of_person(person.pk), PROMOTION, by=SYSTEM)
    consents.withdraw(bert, PROMOTION, form="account", by=SYSTEM)
    restrictions.restrict(bert, Ground.CLAIMS, by=SYSTEM)
    for table in (Objection, Stop, Restriction, Consent):
        table.objects.all().delete()
    backup.save(force_insert=True)
    for _ in range(2):
        journal.replay(began)
        assert not consents.has_given(bert, PROMOTION, "others")
        assert objections.has_objected("anne@example.org", PROMOTION)
        assert Objection.objects.count() == Restriction.objects.count() == 1
        assert list(restrictions.in_force(bert).values_list("ground", flat=True)) == ["claims"]


def _decided() -> list[tuple[str, bool]]:
    return [(one.state, one.closed_at is None) for one in Objection.objects.order_by("pk")]


@pytest.mark.django_db
def test_what_became_of_an_objection_is_done_again_after_a_restore() -> None:
    began, anne = clock.now(), _anne()
    raised = [objections.raise_objection(anne, Activity.SOCIAL, by=SYSTEM) for _ in range(3)]
    backup = list(Objection.objects.all())
    objections.take_back(raised[0], by=SYSTEM)
    objections.refuse(raised[1], "Fraud is being investigated.", by=SYSTEM)
    assert objections.has_objected(anne, Activity.SOCIAL)
    objections.uphold(raised[2], "We stop.", by=SYSTEM)
    decided = _decided()
    assert decided == [("raised", False), ("refused", False), ("upheld", True)]
    for kept in (backup, []):
        # A backup from before the answers, and one from before the objections.
        Objection.objects.all().delete()
        Objection.objects.bulk_create(kept)
        for _ in range(2):
            journal.replay(began)
            assert _decided() == decided
    assert "Fraud" not in journal.path().read_text()


class LatestWord(TestCase):
    """Whatever somebody says, in whatever order: the last word counts, and one and all at once are told the same."""

    @settings(max_examples=30, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["agree", "withdraw", "object"])), max_size=12))
    def test_the_latest_word_counts(self, said: list[tuple[int, str]]) -> None:
        people = [subjects.of_address(f"{number}@example.org") for number in range(3)]
        expected: dict[Subject, str] = {}
        begin = clock.now()
        for minute, (who, word) in enumerate(said):
            subject = people[who]
            with clock.travel(begin + timedelta(minutes=minute)):
                if word == "agree":
                    _give(subject)
                elif word == "withdraw":
                    consents.withdraw(subject, PROMOTION, form="test", by=SYSTEM)
                else:
                    objections.raise_objection(subject, PROMOTION, by=SYSTEM)
            expected[subject] = word
        cleared, refused = clear_many(people, PROMOTION)
        assert set(cleared) == {subject for subject, word in expected.items() if word == "agree"}
        assert {*cleared, *refused} == set(people)
        assert {s for s in people if consents.has_given(s, PROMOTION, "others")} == set(cleared)
