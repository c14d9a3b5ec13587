"""A signed agreement that is altered afterwards is noticed, whoever altered it and where."""

import hashlib
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.test import Client

from perron.accounts.models import Person
from perron.communities.contracting.keeping import file_name
from perron.communities.contracting.verifying import faults, report_altered
from perron.communities.models import Agreement
from tests import making
from tests.contracting.agreeing import both_sign, operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed() -> Agreement:
    return both_sign(making.partner(bound=False), "contract")


def test_an_altered_file_is_noticed_wherever_the_agreement_is_read(signed: Agreement, client: Client) -> None:
    reader = operator()
    Person.objects.filter(pk=reader.pk).update(language="en")
    client.force_login(reader)
    address = f"/desk/partners/ville/agreements/{signed.pk}.pdf"
    assert client.get(address).content == _path(signed).read_bytes()
    assert _check() == "1 agreements: each is what was signed.\n"
    data = _path(signed).read_bytes()
    _path(signed).write_bytes(data.replace(b"/Title (C", b"/Title (K", 1))
    refused = client.get(address)
    assert refused.status_code == 409
    assert "altered after signing" in refused.content.decode()
    for page in ("", "contract/"):
        shown = client.get(f"/desk/partners/ville/agreements/{page}")
        assert "altered after signing" in shown.content.decode()
    with pytest.raises(SystemExit, match="1"):
        _check()
    assert report_altered() == 1
    _path(signed).write_bytes(data)
    assert faults(signed) == []


@pytest.mark.once
def test_a_file_that_is_gone_is_noticed(signed: Agreement) -> None:
    _path(signed).unlink()
    assert "is gone" in faults(signed)[0]


def test_a_file_altered_with_its_hash_differs_from_the_evidence(signed: Agreement) -> None:
    forged = b"%PDF-1.7 other terms %%EOF"
    _path(signed).write_bytes(forged)
    Agreement.objects.update(file_hash=hashlib.sha256(forged).hexdigest())
    signed.refresh_from_db()
    assert faults(signed) == ["The evidence of the signing says something else than what is kept."]


def test_a_text_altered_in_the_database_is_noticed(signed: Agreement) -> None:
    Agreement.objects.update(text=signed.text + "And a fee.\n")
    signed.refresh_from_db()
    assert "not the one that was signed" in faults(signed)[0]


def _path(agreement: Agreement) -> Path:
    return Path(default_storage.path(file_name(agreement)))


def _check() -> str:
    said = StringIO()
    call_command("agreements", "check", stdout=said)
    return said.getvalue()
