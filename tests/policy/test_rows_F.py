"""F: from receipt to closure, deadlines, identity; the working request goes soon, the proof stays ten years."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from perron.core.clock import travel
from perron.letters.models import Letter
from perron.letters.pulling import pull_due
from perron.letters.rendering import render
from perron.privacy.models import EvidenceDetail, Party, Proof, Request, Step
from perron.privacy.policy.current import policy
from perron.privacy.retaining import expire
from tests import making
from tests.requests.asking import ADDRESS, by_link, desk, signed_in, staff

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
SAID = "Zinnober-4711"


def read_letters() -> str:
    """Fetch what is to be told as letters, and return the words of all of them."""
    pull_due()
    return "\n".join(render(letter).text for letter in Letter.objects.order_by("pk"))


def test_a_request_from_receipt_to_the_end_of_its_proof() -> None:
    staff()
    with travel(START):
        person = by_link()
        person.post("/account/rights/complaint/", {"message": SAID, "name": "Exemple", "first_name": "Anne"})
        row = Request.objects.get()
        assert "24 December 2026" in read_letters()
        operator = desk()
        path = f"/desk/requests/{row.reference}/"
        assert SAID in operator.get(path).content.decode()
        operator.post(path, {"take_up": "1"})
        operator.post(f"{path}extend/", {"words": "Many came at once."})
    with travel(START + timedelta(days=80)):
        desk().post(f"{path}answer/", {"words": "We have repaired it."})
        assert "We have repaired it." in read_letters()
        closed = Proof.objects.get()
        assert (closed.name, closed.first_name, closed.outcome) == ("Exemple", "Anne", "answered")
        assert SAID not in str(closed.done)
        expire()
    later = policy().passing["request_settled"].period
    assert later
    with travel(later.after(START + timedelta(days=81))):
        expire()
        assert not Request.objects.exists()
        assert not Step.objects.exists()
        assert not Party.objects.exists()
        assert Proof.objects.count() == 1
        assert row.reference in desk().get("/desk/requests/proofs/").content.decode()
    ten_years = policy().retention("F", "request_closed").period
    assert ten_years
    with travel(ten_years.after(START + timedelta(days=81))):
        expire()
        assert not Proof.objects.exists()
        assert not EvidenceDetail.objects.filter(request_id=row.pk).exists()


def test_only_those_who_must_act_see_a_request_and_only_the_operators_staff_its_proof() -> None:
    by_link().post("/account/rights/complaint/", {"message": SAID, "name": "Exemple"})
    row = Request.objects.get()
    editor = signed_in(making.person(role="editor", at=making.community()))
    for path in ("/desk/requests/", f"/desk/requests/{row.reference}/", "/desk/requests/proofs/"):
        assert desk().get(path).status_code == 200
        assert editor.get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_the_policy_gives_the_proof_to_nobody_but_the_authority() -> None:
    assert [policy().recipients[one].kind for one in policy().activities["F"].recipients] == ["authority"]


def test_a_mailed_link_is_all_that_somebody_without_an_account_needs() -> None:
    by_link().post("/account/rights/access/", {})
    row = Request.objects.get()
    assert (row.email, row.identity, row.state) == (ADDRESS, "link", "answered")
