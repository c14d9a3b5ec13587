"""C: an account on a platform, from signing up to its closing, and what is left until ten years later."""

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from perron.accounts.models import Person, Portrait, Session
from perron.communities.models import Enrolment
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.letters.rendering import render
from perron.privacy import objections, standing
from perron.privacy.clearing import NotCleared, clear
from perron.privacy.declaring import Activity
from perron.privacy.exporting import archive
from perron.privacy.policy.current import policy
from perron.privacy.requests.permitting import knowledge
from perron.privacy.retaining import expire
from perron.privacy.same_person import known_as
from perron.privacy.subjects import of_address, of_person
from tests.account.residents import ADDRESS, PASSWORD, browser, resident
from tests.images import pictures
from tests.privacy import lives

pytestmark = pytest.mark.django_db

NAMES = ["Zoé", "Martin"]


@pytest.mark.django_db(transaction=True)
def test_c_an_account_from_its_opening_to_ten_years_after_its_end(settings: Settings) -> None:
    person, client = resident()
    # Identification data, with a photo; status and access are shown.
    photo = SimpleUploadedFile("moi.jpg", pictures.encoded(pictures.halves()).read())
    assert client.post("/account/photo/", {"photo": photo}).status_code == 302
    page = client.get("/account/").text
    assert all(word in page for word in (*NAMES, ADDRESS, "Status and access", "open since", "Last sign-in"))
    whose = of_person(person.pk)
    assert clear(whose, Activity.ACCOUNTS)
    # The platform's partner is the joint controller.
    assert [tenant.name for tenant in knowledge().tenants(whose, "C")] == ["Ville"]
    assert "Ville" in client.get("/account/data/").text
    out = BytesIO()
    archive([whose], language="en", out=out)
    files = [name for name in ZipFile(out).namelist() if name.startswith("files/portraits/")]
    assert files == [f"files/portraits/{Portrait.objects.get().pk}.webp"]

    before = client.get("/account/close/").text
    until = policy().retention("C", "account_closed").period.after(person.joined_at)  # type: ignore[union-attr]
    assert str(until.year) in before
    password, folder = Person.objects.get().password, Path(settings.MEDIA_ROOT) / "portraits"
    assert list(folder.iterdir())
    receipt = client.post("/account/close/")
    assert "Your account is closed" in receipt.text
    assert str(until.year) in receipt.text

    # Password, photo, sessions and addresses go at once; the last letter takes its address along.
    letter = Letter.objects.get(kind="account-closed")
    assert (letter.to, str(until.year) in render(letter).text) == (ADDRESS, True)
    post_due()
    assert lives.missing([ADDRESS, password]) == [ADDRESS, password]
    assert not folder.exists() or not list(folder.iterdir())
    for table in (Portrait, EmailAddress, Session):
        assert not table.objects.exists()
    assert client.get("/account/").status_code == 302
    assert browser().post("/account/sign-in/", {"login": ADDRESS, "password": PASSWORD}).status_code == 200

    # What stays is out of reach of everything but what it stays for: keeping it, and telling its person.
    assert not Person.objects.exists()
    assert standing.of([whose]).addresses == {}
    for activity in (Activity.ACCOUNTS, Activity.PROMOTION):
        with pytest.raises(NotCleared):
            clear(whose, activity)
    assert whose in known_as(of_address(ADDRESS))
    kept = Person.stored.get()
    assert ([kept.first_name, kept.name], Enrolment.objects.count()) == (NAMES, 1)
    assert kept.closed_at

    ends = policy().retention("C", "account_closed").period.after(kept.closed_at)  # type: ignore[union-attr]
    expire(as_of=ends - timedelta(seconds=1))
    assert lives.missing(NAMES) == []
    assert expire(as_of=ends).overdue == {}
    assert lives.missing(NAMES) == NAMES
    assert (Person.stored.count(), Enrolment.objects.count()) == (0, 0)


def test_c_connection_data_are_kept_as_declared_and_no_ip_address_is() -> None:
    person, _client = resident()
    answer = browser().post("/account/sign-in/", {"login": ADDRESS, "password": PASSWORD}, REMOTE_ADDR="203.0.113.77")
    assert answer.status_code == 302
    assert lives.missing(["203.0.113.77"]) == ["203.0.113.77"]
    out = BytesIO()
    archive([of_person(person.pk)], language="en", out=out)
    copy = ZipFile(out).read("data.json").decode()
    assert all(word in copy for word in (ADDRESS, "account opened on", "age that you declared to have reached"))
    assert person.password not in copy


def test_c_the_objection_from_the_form_outlives_the_account() -> None:
    person, client = resident()
    objections.raise_objection(of_person(person.pk), Activity.PROMOTION, by=person.actor)
    client.post("/account/close/")
    assert objections.has_objected(ADDRESS, Activity.PROMOTION)
