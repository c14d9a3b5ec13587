"""F: what is kept to prove that rights were respected: ten years, only what proof needs, for the authority."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.roles import Role
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.privacy.evidence.cutting import cut
from perron.privacy.evidence.recording import record, settle
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry
from perron.privacy.evidence.verifying import verify
from perron.privacy.policy.current import policy, replace
from perron.privacy.retaining import expire
from perron.privacy.subjects import of_person
from tests import making
from tests.policy.operators import every_operator, latest

pytestmark = pytest.mark.django_db


def test_rows_f_evidence_of_a_request_is_kept_for_the_policys_period_after_it_closed() -> None:
    begin, request, person = clock.now(), uuid4(), making.person()
    record("receive_request", of_person(person.pk), by=SYSTEM, about={"request": str(request)})
    closing = begin + timedelta(days=400)
    with clock.travel(closing):
        record("close_request", of_person(person.pk), by=SYSTEM, about={"request": str(request)})
        settle(request)
    period = policy().retention("F", "request_closed").period
    assert period
    with clock.travel(period.after(begin) + timedelta(days=10)):
        expire()
        assert EvidenceDetail.objects.filter(request_id=request).count() == 2
    with clock.travel(period.after(closing) - timedelta(days=1)):
        expire()
        assert EvidenceDetail.objects.filter(request_id=request).count() == 2
    with clock.travel(period.after(closing) + timedelta(days=1)):
        expire()
        assert not EvidenceDetail.objects.filter(request_id=request).exists()
        assert EvidenceEntry.objects.filter(deed="receive_request").exists()
        assert verify().whole
    with clock.travel(period.after(closing) + timedelta(days=40)):
        assert cut() >= 2
        assert not EvidenceEntry.objects.filter(deed="receive_request").exists()
        assert verify().whole


def test_rows_f_the_proof_of_an_erasure_says_nothing_more_about_the_person() -> None:
    person = making.person("quetzalcoatl@example.org")
    Person.objects.filter(pk=person.pk).update(name="Quetzalcoatl")
    assert Person.objects.filter(name="Quetzalcoatl").exists()
    erase([of_person(person.pk)], by=SYSTEM)
    proof = EvidenceDetail.objects.get(subject_id=person.pk)
    assert "quetzalcoatl" not in str(EvidenceDetail.objects.values()).lower()
    assert "accounts.Person" in proof.about
    # Asked for again, it stays: the law lets it be kept (art. 17(3)(e)).
    erase([of_person(person.pk)], by=SYSTEM)
    assert EvidenceDetail.objects.filter(pk=proof.pk).exists()


@pytest.mark.parametrize("role", [Role.SUPPORT, None])
def test_rows_f_only_the_data_protection_staff_read_it(client: Client, role: Role | None) -> None:
    person = making.person(role=role or "")
    record("object", of_person(person.pk), by=SYSTEM, about={"activity": "E"})
    client.force_login(person)
    for path in ("/desk/evidence/", f"/desk/evidence/?of={person.pk}", "/desk/evidence/checkpoint.json"):
        assert client.get(path).status_code == 403
    client.force_login(making.person(role=Role.DPO))
    assert "object" in client.get(f"/desk/evidence/?of={person.pk}").content.decode()


@every_operator
def test_rows_f_the_period_is_that_of_the_policy(operator: str) -> None:
    with replace(latest(operator)):
        record("object", of_person(UUID(int=1)), by=SYSTEM, about={})
        period = policy().retention("F", "request_closed").period
        assert period
        for days, kept in ((-1, 1), (1, 0)):
            with clock.travel(period.after(clock.now()) + timedelta(days=days)):
                expire()
                assert EvidenceDetail.objects.filter(subject_id=UUID(int=1)).count() == kept
                assert verify().whole
