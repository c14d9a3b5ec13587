"""Who a partner is, whom to turn to there, and the organisation above it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.communities.contracting.contacts import MOST, add_contact, remove_contact
from perron.communities.describing import describe_partner
from perron.communities.models import Contact, Partner
from perron.communities.writing import Unfit
from perron.core.clock import now, travel
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy import retaining
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.subjects import known_address
from tests import making
from tests.contracting.agreeing import administrator, both_sign, end, operator

pytestmark = pytest.mark.django_db


def test_a_partners_administrator_notes_and_removes_its_contacts(client: Client) -> None:
    partner = making.partner()
    client.force_login(administrator(partner))
    said = {"kind": "officer", "name": "Jean Petit", "function": "Juriste", "email": "jean@cpas.example", "phone": ""}
    assert client.post("/desk/partners/ville/contacts/", said).status_code == 302
    noted = Contact.objects.get()
    assert (noted.kind, noted.function) == ("officer", "Juriste")
    assert noted.subject_id == getattr(known_address("jean@cpas.example"), "id", None)
    assert "jean@cpas.example" in client.get("/desk/partners/ville/contacts/").content.decode()
    assert client.post("/desk/partners/ville/contacts/", said).status_code == 422, "listed already"
    assert client.post("/desk/partners/ville/contacts/", {"remove": str(noted.pk)}).status_code == 302
    assert not Contact.stored.exists()


@pytest.mark.once
def test_what_is_no_contact_is_refused() -> None:
    partner, head = making.partner(), operator().actor
    for wrong in ({"email": "nobody"}, {"name": ""}, {"phone": "12"}, {"kind": "friend"}):
        with pytest.raises(Unfit):
            _note(partner, head, **wrong)
    with pytest.raises(NotAllowed):
        _note(partner, administrator(making.partner("other")).actor)
    contact = _note(partner, head)
    remove_contact(contact, by=head)
    with pytest.raises(Conflict):
        remove_contact(contact, by=head)
    for number in range(MOST):
        _note(partner, SYSTEM, email=f"n{number}@example.org")
    with pytest.raises(Refused, match="enough"):
        _note(partner, SYSTEM)


def test_contacts_go_ten_years_after_the_last_agreement() -> None:
    partner = making.partner(bound=False)
    contact = _note(partner, SYSTEM)
    agreements = [both_sign(partner, kind) for kind in ("contract", "arrangement")]
    end(agreements[0], operator())
    contact.refresh_from_db()
    assert contact.ended_at is None, "the other one is in force"
    end(agreements[1], operator())
    with travel(now() + timedelta(days=3640)):
        retaining.expire()
        assert Contact.stored.exists()
        assert partner.agreements.count() == 2
    with travel(now() + timedelta(days=3660)):
        retaining.expire()
        assert not Contact.stored.exists()
        assert partner.agreements.count() == 0


def test_an_organisation_has_at_most_one_above_it() -> None:
    commune, centre, home = (making.partner(slug) for slug in ("commune", "centre", "home"))
    centre = describe_partner(centre, by=SYSTEM, name="CPAS", parent=commune)
    for child, above in ((home, centre), (commune, home), (home, home)):
        with pytest.raises(Unfit, match="topmost"):
            describe_partner(child, by=SYSTEM, name=child.name, parent=above)


def test_the_desk_says_what_is_wrong_with_a_number_and_keeps_the_rest(client: Client) -> None:
    making.partner()
    client.force_login(operator())
    said = {"name": "Ville", "enterprise_number": "0123.456.700", "street": "Place 1", "postal_code": "40"}
    page = client.post("/desk/partners/ville/", said)
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"enterprise_number", "postal_code"}
    said |= {"enterprise_number": "0123.456.749", "postal_code": "4000"}
    assert client.post("/desk/partners/ville/", said).status_code == 302
    assert Partner.objects.get(slug="ville").street == "Place 1"


def _note(partner: Partner, by: Actor, **more: str) -> Contact:
    said: dict[str, Any] = {
        "kind": "contract",
        "name": "Jean",
        "function": "",
        "email": "jean@example.org",
        "phone": "",
    }
    return add_contact(partner, by=by, **said | more)
