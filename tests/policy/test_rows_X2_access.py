"""X2, access: whoever is identified sees what is held about them and why, and has a copy; nobody else does."""

import json
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from perron.accounts.models import Person
from perron.communities.models import Member
from perron.core.language import LANGUAGES
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry
from perron.privacy.models import AuditEntry
from perron.privacy.subjects import of_address, of_person
from tests import making, planting

pytestmark = pytest.mark.django_db

DATA = "/account/data/"


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _copy(client: Client, kind: str = "access") -> ZipFile:
    answer: Any = client.post(f"{DATA}copy/", {"kind": kind})
    assert answer.status_code == 200
    content = b"".join(answer.streaming_content)
    assert answer["Content-Length"] == str(len(content))
    return ZipFile(BytesIO(content))


@pytest.fixture
def anne() -> Person:
    """Somebody about whom something is held in every table of accounts."""
    person = making.person("anne@example.org", role="editor", at=making.community("liege"))
    for table in planting.personal_tables():
        if table.subject_kind != "address" and table.subject != "id" and table.model is not Member:
            planting.plant(table, of_person(person.pk))
    return person


def test_what_is_held_is_shown_with_purpose_period_and_recipients(anne: Person) -> None:
    making.person("bert@example.org")
    Person.objects.filter(pk=anne.pk).update(language="en")
    page = _signed_in(anne).get(DATA)
    text = page.content.decode()
    assert (page.status_code, page["Cache-Control"]) == (200, "no-store")
    for words in (
        "anne@example.org",  # the data
        "Your roles at communities and partners",
        "An administrator of the community or partner gave you the role.",  # source, art. 15(1)(g)
        "Accounts on a platform",  # purpose, (a)
        "10 years",  # period, (d)
        "Amazon Web Services",  # recipients, (c)
        "Ville",  # the partner who actually sees it
        "Dublin",  # where
        "Automated decisions",  # (h)
        "Data Protection Authority",  # (f)
    ):
        assert words in text, words
    assert "bert@example.org" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_copy_holds_it_in_the_language_of_the_person(anne: Person, language: str) -> None:
    Person.objects.filter(pk=anne.pk).update(language=language)
    copy = _copy(_signed_in(anne))
    data = json.loads(copy.read("data.json"))
    assert data["language"] == language
    account = next(table for table in data["tables"] if table["table"] == "accounts.Person")
    assert account["rows"][0]["email"] == "anne@example.org"
    page = copy.read("index.html").decode()
    assert f'<html lang="{language}"' in page
    assert "anne@example.org" in page
    assert "<script" not in page


def test_giving_a_copy_is_proved_and_not_what_was_in_it(anne: Person) -> None:
    _copy(_signed_in(anne))
    entry = EvidenceEntry.objects.filter(deed="give_copy").latest("sequence")
    detail = EvidenceDetail.objects.get(sequence=entry.sequence)
    assert (detail.subject_id, detail.by_id) == (anne.pk, anne.pk)
    assert "sha256" in detail.about
    assert "anne@example.org" not in detail.about


def test_who_came_by_a_mailed_link_sees_what_belongs_to_the_address() -> None:
    address = of_address("contact@example.org")
    for table in planting.personal_tables():
        if table.subject_kind != "person":
            planting.plant(table, address)
    client = Client()
    session = client.session
    session["identified_address"] = {"address": str(address.id), "until": "2100-01-01T00:00:00+00:00"}
    session.save()
    assert client.get(DATA).status_code == 200
    data = json.loads(_copy(client).read("data.json"))
    assert data["subjects"] == [{"kind": "address", "id": str(address.id)}]
    assert data["tables"]


def test_who_is_not_identified_sees_nothing(anne: Person) -> None:
    assert Client().get(DATA)["Location"] == "/account/rights/"
    assert Client().post(f"{DATA}copy/", {"kind": "access"})["Location"] == "/account/rights/"
    assert _signed_in(anne).post(f"{DATA}copy/", {"kind": "everything"}).status_code == 422


def test_staff_export_for_somebody_and_it_is_written_down(anne: Person, tmp_path: Path) -> None:
    target, out = tmp_path / "anne.zip", StringIO()
    call_command("export", "Anne@example.org", "--to", str(target), stdout=out)
    assert target.stat().st_mode & 0o777 == 0o600
    assert b"anne@example.org" in ZipFile(target).read("data.json")
    assert str(target) in out.getvalue()
    assert AuditEntry.objects.filter(verb="export", object_id=anne.pk).exists()
    assert EvidenceEntry.objects.filter(deed="give_copy").exists()
    with pytest.raises(CommandError, match="not there"):
        call_command("export", str(anne.pk), "--to", str(target))
    with pytest.raises(CommandError, match="Nothing is held"):
        call_command("export", "nobody@example.org", "--to", str(tmp_path / "nobody.zip"))
    assert not (tmp_path / "nobody.zip").exists()


def test_the_page_is_in_words_and_not_in_codes() -> None:
    person = making.person()
    person.language = "fr"
    person.save()
    client = _signed_in(person)
    client.post("/account/rights/access/", {"message": ""})
    page = _copy(client).read("index.html").decode()
    for word in ("accès", "répondue"):
        assert f"<td>{word}</td>" in page
    assert "{&quot;" not in page
    assert "<td>answered</td>" not in page
