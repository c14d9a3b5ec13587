"""X5: erasure, or restriction of processing (GDPR arts 17, 18): erasure, what stands against it, and saying so."""

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.core.errors import Refused
from perron.privacy import restrictions, retaining
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.privacy.evidence.verifying import verify
from perron.privacy.models import EvidenceDetail
from perron.privacy.policy.current import policy
from perron.privacy.policy.texts import texts
from perron.privacy.receipts import Outcome
from perron.privacy.restrictions import Ground
from perron.privacy.subjects import of_person
from tests import making
from tests.privacy import lives

pytestmark = pytest.mark.django_db

WRITTEN = ["anne.lambert@example.org", "Anne Lambert"]


@pytest.fixture
def anne() -> Person:
    person = making.person(WRITTEN[0], role="editor", at=making.community())
    Person.objects.filter(pk=person.pk).update(name=WRITTEN[1])
    person.refresh_from_db()
    return person


def test_x5_erasure_takes_what_the_person_wrote_and_ends_their_access(anne: Person) -> None:
    client = Client()
    client.post("/account/sign-in/", {"login": anne.email, "password": making.PASSWORD})
    assert client.get("/studio/", follow=True).status_code == 200
    item = making.draft(by=anne.actor)
    assert lives.missing(WRITTEN) == []
    erase([of_person(anne.pk)], by=SYSTEM)
    assert lives.missing(WRITTEN) == WRITTEN
    assert client.get("/studio/").status_code == 302
    item.refresh_from_db()
    assert item.created_by is None


def test_x5_what_is_kept_is_named_with_article_and_reason_of_the_policy(anne: Person) -> None:
    making.draft(by=anne.actor)
    receipt = erase([of_person(anne.pk)], by=SYSTEM)
    assert {line.store for line in receipt.kept} >= {"table:accounts.Person", "table:privacy.AuditEntry"}
    for line in receipt.kept:
        assert line.citation.startswith("GDPR art. 17(3)")
        assert all(texts(language).reason(line.reason) for language in policy().languages)
    assert all(line.reason for line in receipt.lines if line.outcome is Outcome.NOT_SUPPORTED)


def test_x5_erasure_leaves_evidence_that_says_no_more_than_needed(anne: Person) -> None:
    erase([of_person(anne.pk)], by=SYSTEM)
    proof = EvidenceDetail.objects.get(subject_id=anne.pk, subject_kind="person")
    assert "accounts.Person" in proof.about
    assert not any(words in proof.about for words in WRITTEN)
    assert not verify().findings


def test_x5_nobody_vanishes_who_is_needed_and_the_remedy_is_said() -> None:
    boss = making.person(role="administrator", at=making.community())
    with pytest.raises(Refused, match="Make somebody else administrator first"):
        erase([of_person(boss.pk)], by=SYSTEM)


def test_x5_restricted_data_are_stored_and_do_not_expire_meanwhile(anne: Person) -> None:
    restrictions.restrict(of_person(anne.pk), Ground.CLAIMS, by=SYSTEM)
    period = policy().retention("C", "account_closed").period
    assert period
    Person.objects.filter(pk=anne.pk).update(closed_at=anne.joined_at)
    report = retaining.expire(as_of=period.after(anne.joined_at))
    assert report.overdue == {}
    assert lives.missing(WRITTEN) == []


def test_x5_the_person_may_still_have_erased_what_is_restricted(anne: Person) -> None:
    restrictions.restrict(of_person(anne.pk), Ground.UNLAWFUL, by=SYSTEM)
    erase([of_person(anne.pk)], by=anne.actor)
    assert lives.missing(WRITTEN) == WRITTEN
    assert not restrictions.in_force(of_person(anne.pk)).exists()
