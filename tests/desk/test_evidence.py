import json
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from perron.accounts.models import Person
from perron.communities.roles import Role
from perron.privacy.acting import SYSTEM
from perron.privacy.evidence.checkpoints import Checkpoint
from perron.privacy.evidence.recording import record
from perron.privacy.evidence.tables import EvidenceDetail
from perron.privacy.evidence.verifying import verify
from perron.privacy.subjects import of_address, of_person
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Person:
    person = making.person(role=Role.ADMINISTRATOR)
    Person.objects.filter(pk=person.pk).update(language="en")
    client.force_login(person)
    return person


def page(client: Client, **asked: str) -> str:
    return client.get("/desk/evidence/", asked).content.decode()


def test_evidence_is_found_by_address_and_the_address_stays_out_of_the_page_address(
    client: Client, staff: Person
) -> None:
    person, other = making.person("anne@example.org"), making.person("bert@example.org")
    record("restrict", of_person(person.pk), by=staff.actor, about={"ground": "accuracy"})
    record("object", of_address("anne@example.org"), by=SYSTEM, about={"activity": "E"})
    record("lift", of_person(other.pk), by=SYSTEM, about={})
    answer = client.post("/desk/evidence/", {"about": "Anne@example.org"})
    assert answer.status_code == 302
    assert "anne" not in answer["Location"]
    found = client.get(answer["Location"]).content.decode()
    assert "restrict" in found
    assert "&quot;ground&quot;:&quot;accuracy&quot;" in found
    assert "object" in found
    assert "By Anne Exemple" in found
    assert "By the program" in found
    assert "lift" not in found


def test_evidence_of_a_request_is_read_together(client: Client, staff: Person) -> None:
    request = str(uuid4())
    for deed in ("receive_request", "close_request"):
        record(deed, of_person(staff.pk), by=SYSTEM, about={"request": request})
    record("erase", of_person(staff.pk), by=SYSTEM, about={})
    found = page(client, of=request)
    assert found.index("close_request") < found.index("receive_request")
    assert "erase" not in found


@pytest.mark.parametrize("about", ["nobody@example.org", "not a number", "00000000-0000-0000-0000-000000000001"])
def test_nothing_found_is_said_beside_the_field(client: Client, staff: Person, about: str) -> None:
    answer = client.post("/desk/evidence/", {"about": about})
    assert answer.status_code == 422
    assert "Nothing is recorded about this." in answer.content.decode()
    assert about in answer.content.decode()


def test_the_chain_is_looked_through_on_request(client: Client, staff: Person) -> None:
    assert "Nothing has been recorded yet." in page(client)
    for _ in range(3):
        record("erase", of_person(staff.pk), by=SYSTEM, about={})
    assert (
        "The evidence is whole: 3 entries were looked at." in client.post("/desk/evidence/verified/").content.decode()
    )
    with transaction.atomic():
        EvidenceDetail.objects.filter(sequence=2).delete()
    answer = client.post("/desk/evidence/verified/").content.decode()
    assert "The evidence is not whole: 1 finding." in answer
    assert "The detail of entry 2 has gone before its time." in answer


def test_a_checkpoint_is_downloaded_that_fits(client: Client, staff: Person) -> None:
    record("erase", of_person(staff.pk), by=SYSTEM, about={})
    answer = client.get("/desk/evidence/checkpoint.json")
    assert answer["Content-Disposition"] == 'attachment; filename="checkpoint-1.json"'
    assert json.loads(answer.content)["sequence"] == 1
    assert verify(Checkpoint.parse(answer.content.decode())).whole
