"""X2: access and rectification, by oneself and through the desk."""

import io
import json
import zipfile

import pytest

from perron.accounts.models import Person
from perron.core.clock import today
from perron.privacy.models import Party, Request
from perron.privacy.requests.tables import State
from tests import making
from tests.requests.asking import desk, letters, signed_in

pytestmark = pytest.mark.django_db


def read(answer: object) -> str:
    """Return all that an archive says, as one text."""
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        json.loads(archive.read("data.json"))
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def test_a_person_gets_what_is_held_and_corrects_it_by_themselves() -> None:
    person, other = making.person("anne@example.org"), making.person("other@example.org")
    client = signed_in(person)
    client.post("/account/rights/access/", {})
    row = Request.objects.get()
    said = read(client.get(f"/account/rights/requests/{row.reference}/archive/"))
    assert "anne@example.org" in said
    assert "Anne Exemple" in said
    assert other.email not in said
    client.post("/account/rights/rectification/", {"account_name": "Anna Exemple", "account_language": "fr"})
    assert "Anna Exemple" in read(client.get(f"/account/rights/requests/{row.reference}/archive/"))


def test_who_writes_a_letter_gets_the_same_from_the_desk() -> None:
    person = making.person("anne@example.org")
    client = desk()
    asked = {"kind": "access", "channel": "letter", "received_on": str(today()), "email": person.email,
             "has_account": "on", "language": "fr", "name": "Exemple"}  # fmt: skip
    path = client.post("/desk/requests/new/", asked)["Location"]
    assert client.get(f"{path}archive/").status_code == 422
    client.post(f"{path}confirm_identity/", {"words": "Signature compared."})
    assert "Anne Exemple" in read(client.get(f"{path}archive/"))
    client.post(f"{path}answer/", {"words": "Voici."})
    assert Request.objects.get().state == State.ANSWERED


def test_the_desk_corrects_and_tells_the_recipients() -> None:
    person = making.person("anne@example.org", role="editor", at=making.community())
    said = {"account_name": person.name, "account_language": "en", "message": "My address is anna@example.org."}
    signed_in(person).post("/account/rights/rectification/", said)
    row, client = Request.objects.get(), desk()
    path = f"/desk/requests/{row.reference}/"
    # They work for a partner: the operator's staff say why they look.
    client.post("/desk/partners/ville/reason/", {"why": f"request {row.reference}"})
    client.post(path, {"take_up": "1"})
    client.post(f"{path}rectify/", {"name": person.name, "email": "anna@example.org", "language": "en"})
    assert Person.objects.filter(pk=person.pk, email="anna@example.org").exists()
    client.post(f"{path}answer/", {"words": "Corrected."})
    client.post(path, {"tell": "1", "recipients": ["host", "partner"]})
    told = Party.objects.filter(request=row, capacity=Party.Capacity.RECIPIENT, told_at__isnull=False)
    assert {party.recipient for party in told} == {"host", "partner"}
    assert letters("request-answered")[0].context["words"] == "Corrected."
