"""A request made at either side reaches both (GDPR art. 26(3)): the partner reads, answers and enters requests."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.models import Member
from perron.communities.roles import Role
from perron.core.clock import now, today
from perron.core.errors import NotAllowed
from perron.privacy.models import Look, Party, Request
from perron.privacy.requests import at_partners, parties
from perron.privacy.requests.deadlines import Deadline
from perron.privacy.requests.entering import Wish, enter_at_partner
from perron.privacy.requests.permitting import Tenant
from perron.privacy.requests.tables import Channel, Identity, Kind
from perron.privacy.subjects import of_person
from tests import making
from tests.requests.asking import asked, desk, letters, signed_in, staff

pytestmark = pytest.mark.django_db
PAGE = "/desk/partners/ville/requests/"


@pytest.fixture
def officer() -> Person:
    staff()
    person = making.person("officer@example.org")
    Member.objects.create(person=person, partner=making.partner(), role=Role.ADMINISTRATOR)
    return person


@pytest.fixture
def resident() -> Person:
    """Somebody whose account is the partner's too."""
    return making.person("anne@example.org", role=Role.AUTHOR, at=making.community())


@pytest.fixture
def at_partner(officer: Person) -> Client:
    return signed_in(officer)


def entry(**more: Any) -> dict[str, Any]:
    day = (today() - timedelta(days=6)).isoformat()
    return {"kind": "access", "received_on": day, "name": "Exemple", "first_name": "Anne", "language": "fr",
            "email": "anne@example.org", "activities": ["C"], "message": "Que savez-vous de moi ?"} | more  # fmt: skip


def test_what_is_asked_of_the_operator_reaches_the_partner_by_letter_and_on_its_screen(
    at_partner: Client, resident: Person
) -> None:
    row = asked(Kind.RECTIFICATION, person=resident, activities=["C"])
    told = {letter.address: letter.context for letter in letters("request-to-joint")}
    assert told["officer@example.org"]["link"].endswith(f"{PAGE}{row.reference}/")
    assert row.reference in at_partner.get(PAGE).content.decode()
    page = at_partner.get(f"{PAGE}{row.reference}/").content.decode()
    assert "Help." in page
    assert "joint controller" in page
    assert Look.objects.get(subject_id=resident.pk).on_behalf_of == "Ville"


def test_what_is_asked_of_the_partner_reaches_the_operator_with_the_deadline_from_that_day(
    at_partner: Client, resident: Person
) -> None:
    answer = at_partner.post(f"{PAGE}new/", entry())
    row = Request.objects.get()
    assert answer["Location"] == f"{PAGE}{row.reference}/"
    assert row.due_on == Deadline(today() - timedelta(days=6)).day
    assert (row.channel, row.subject_id, row.identity) == (Channel.PARTNER, resident.pk, Identity.UNKNOWN)
    assert [letter.address for letter in letters("request-new")] == ["operator@example.org"]
    assert [letter.address for letter in letters("request-received")] == ["anne@example.org"]
    # Who entered it is not told of it.
    assert letters("request-to-joint") == []
    party = row.parties.get(capacity=Party.Capacity.JOINT)
    assert party.acknowledged_at
    assert row.reference in desk().get("/desk/requests/").content.decode()


def test_the_partners_word_reaches_the_operator_and_decides_where_it_is_controller(
    at_partner: Client, resident: Person
) -> None:
    row = asked(Kind.RECTIFICATION, person=resident, activities=["staff"])
    assert parties.undecided(row) == ["Ville"]
    page = f"{PAGE}{row.reference}/"
    assert at_partner.post(page, {"words": " "}).status_code == 422
    assert at_partner.post(page, {"words": "Correct the name."}).status_code == 302
    assert parties.undecided(row) == []
    [letter] = letters("request-partner-said")
    assert letter.address == "operator@example.org"
    assert "Correct the name." in at_partner.get(page).content.decode()
    clerk = desk()
    clerk.post("/desk/partners/ville/reason/", {"why": f"request {row.reference}"})
    assert "Correct the name." in clerk.get(f"/desk/requests/{row.reference}/").content.decode()


def test_a_recipient_reads_whose_data_it_is_about_and_confirms(at_partner: Client, resident: Person) -> None:
    row = asked(Kind.RECTIFICATION, person=resident, activities=["B"])
    assert at_partner.get(f"{PAGE}{row.reference}/").status_code == 404
    Party.objects.create(request=row, capacity="recipient", recipient="partner", tenant_id=making.partner().pk,
                         told_at=now())  # fmt: skip
    page = at_partner.get(f"{PAGE}{row.reference}/").content.decode()
    assert "Exemple" in page
    assert "Help." not in page
    at_partner.post(f"{PAGE}{row.reference}/", {"acknowledge": "1"})
    assert row.parties.get(capacity="recipient").acknowledged_at


def test_other_partners_see_none_of_it(at_partner: Client, resident: Person) -> None:
    row = asked(Kind.RECTIFICATION, person=resident, activities=["C"])
    other = making.person()
    Member.objects.create(person=other, partner=making.partner("other"), role=Role.ADMINISTRATOR)
    stranger = signed_in(other)
    assert stranger.get(f"{PAGE}{row.reference}/").status_code == 404
    assert stranger.get(f"/desk/partners/other/requests/{row.reference}/").status_code == 404
    assert row.reference not in stranger.get("/desk/partners/other/requests/").content.decode()
    ville = Tenant(making.partner().pk, "Ville")
    with pytest.raises(NotAllowed):
        at_partners.say(row, "Erase it all.", by=other.actor, tenant=ville)
    with pytest.raises(NotAllowed):
        enter_at_partner(Wish(kind=Kind.ACCESS, name="X", activities=["C"]), by=other.actor, tenant=ville,
                         received_on=today())  # fmt: skip


def test_an_account_of_others_is_not_found_through_the_partner(at_partner: Client) -> None:
    somebody = making.person("anne@example.org")
    at_partner.post(f"{PAGE}new/", entry())
    assert Request.objects.get().subject_id != of_person(somebody.pk).id


@pytest.mark.once
@pytest.mark.parametrize(
    "wrong", [{"activities": []}, {"activities": ["B"]}, {"received_on": "2199-01-01"}, {"name": "", "email": ""}]
)
def test_what_cannot_be_entered_is_said(at_partner: Client, wrong: dict[str, Any]) -> None:
    assert at_partner.post(f"{PAGE}new/", entry(**wrong)).status_code == 422
    assert not Request.objects.exists()
