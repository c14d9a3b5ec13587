"""X3 to X7 as far as they go through a request: objection, withdrawal, erasure, restriction, portability, refusals."""

import pytest

from perron.accounts.models import Person
from perron.letters.models import Letter
from perron.letters.pulling import pull_due
from perron.letters.rendering import render
from perron.privacy import consents, objections, restrictions
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.models import Objection, Proof, Request
from perron.privacy.policy.current import policy
from perron.privacy.requests import working
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.tables import Kind, State
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.requests.asking import ADDRESS, asked, by_link, desk, letters, signed_in

pytestmark = pytest.mark.django_db

RIGHTS = "/account/rights/"


def test_x3_an_objection_to_promotion_is_absolute_and_every_other_is_answered() -> None:
    client = by_link()
    client.post(f"{RIGHTS}objection/", {"activity": "E"})
    assert objections.has_objected(ADDRESS, Activity.PROMOTION)
    client.post(f"{RIGHTS}objection/", {"activity": "G", "message": "My situation."})
    weighed = Request.objects.get(state=State.RECEIVED)
    assert objections.has_objected(of_address(ADDRESS), Activity.SOCIAL)
    working.refuse(weighed, Ground.COMPELLING, "Our grounds are these.", by=SYSTEM)
    assert not objections.has_objected(of_address(ADDRESS), Activity.SOCIAL)
    assert not Objection.objects.filter(state="raised").exists()


def test_x4_a_consent_ends_where_it_is_withdrawn() -> None:
    by_link().post(f"{RIGHTS}withdrawal/", {"activity": "E"})
    assert Request.objects.get().state == State.ANSWERED
    assert not consents.has_given(of_address(ADDRESS), Activity.PROMOTION, "others")


def test_x5_an_erasure_says_what_went_and_what_stays_and_why() -> None:
    person = making.person("anne@example.org")
    client = signed_in(person)
    before = client.get(f"{RIGHTS}erasure/").content.decode()
    assert "liability" in before
    after = client.post(f"{RIGHTS}erasure/", {"sure": "on"}).content.decode()
    assert "erased" in after
    assert "liability" in after
    assert not Person.objects.filter(email="anne@example.org").exists()
    receipt = Proof.objects.get().done["receipt"]
    assert {line["outcome"] for line in receipt} >= {"erased", "kept"}
    assert "anne@example.org" not in str(receipt)
    # The receipt is mailed all the same.
    pull_due()
    assert Letter.objects.get(kind="request-answered").to == "anne@example.org"


def test_x5_data_are_set_aside_and_staff_can_do_so_for_who_writes() -> None:
    person = making.person()
    row = asked(Kind.RESTRICTION, person=person)
    client, path = desk(), f"/desk/requests/{row.reference}/"
    client.post(path, {"take_up": "1"})
    client.post(path, {"carry_out": "1", "ground": "unlawful"})
    assert restrictions.in_force(of_person(person.pk)).get().request_id == row.pk


def test_x6_what_somebody_gave_is_handed_over() -> None:
    client = signed_in(making.person())
    client.post(f"{RIGHTS}portability/", {})
    row = Request.objects.get()
    assert client.get(f"{RIGHTS}requests/{row.reference}/archive/")["Content-Type"] == "application/zip"


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_x7_every_refusal_names_the_controller_the_authority_and_the_courts(language: str) -> None:
    row = asked()
    Request.objects.filter(pk=row.pk).update(language=language)
    for ground in Ground:
        Request.objects.filter(pk=row.pk).update(state=State.IN_PROGRESS, closed_at=None)
        working.refuse(row, ground, "Reasons.", by=SYSTEM)
    refusals = letters("request-refused")
    assert len(refusals) == len(Ground)
    stated = policy()
    for refusal in refusals:
        said = render(Letter(kind=refusal.kind, language=language, context=refusal.context)).text
        for fact in (stated.operator.email, stated.operator.telephone, stated.authority.body.name,
                     stated.authority.body.street, stated.authority.body.telephone, stated.authority.complaint_page,
                     stated.authority.rights_page, " 79", "209", "Reasons."):  # fmt: skip
            assert fact in said
