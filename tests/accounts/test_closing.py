from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from perron.accounts import closing
from perron.accounts.models import Person, Session
from perron.communities.models import Member
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy import journal, retaining
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry, EvidenceEntry
from perron.privacy.same_person import known_as
from perron.privacy.subjects import of_address, of_person
from tests import making
from tests.privacy import lives

pytestmark = pytest.mark.django_db


def _anne(role: str = "author") -> tuple[Person, Client]:
    anne = making.person("anne.lambert@example.org", role=role, at=making.community())
    EmailAddress.objects.create(user=anne, email=anne.email, primary=True)
    client = Client()
    client.post("/account/sign-in/", {"login": anne.email, "password": making.PASSWORD})
    return anne, client


def test_what_nobody_must_keep_goes_at_once() -> None:
    anne, client = _anne()
    password = anne.password
    assert lives.missing([anne.email, password]) == []
    assert client.get("/studio/", follow=True).status_code == 200
    closing.close(anne, by=anne.actor)
    assert lives.missing(["anne.lambert", password]) == ["anne.lambert", password]
    assert not Session.objects.filter(person=anne).exists()
    assert not Member.objects.filter(person=anne).exists()
    assert client.get("/studio/").headers["Location"].startswith("/account/sign-in/")
    assert anne.name
    assert anne.closed_at
    assert set(AuditEntry.objects.filter(actor_id=anne.pk).values_list("verb", flat=True)) == {
        "close account",
        "end membership",
    }
    assert EvidenceEntry.objects.filter(deed="close").exists()


def test_ten_years_later_the_account_is_gone() -> None:
    anne, _client = _anne()
    closing.close(anne, by=anne.actor)
    ten_years = anne.closed_at.replace(year=anne.closed_at.year + 10)  # type: ignore[union-attr]
    retaining.expire(as_of=ten_years - timedelta(hours=1))
    assert Person.stored.filter(pk=anne.pk).exists()
    assert not Person.objects.filter(pk=anne.pk).exists()
    assert retaining.expire(as_of=ten_years).overdue == {}
    assert not Person.stored.filter(pk=anne.pk).exists()
    # What proves that it was closed goes when as much time has passed since.
    retaining.expire(as_of=ten_years + timedelta(hours=1))
    assert lives.missing([anne.name, str(anne.pk), anne.pk.hex]) == [anne.name, str(anne.pk), anne.pk.hex]


def test_who_brings_the_address_finds_the_closed_account_and_may_open_another() -> None:
    anne, _client = _anne()
    address = of_address(" Anne.Lambert@example.org")
    assert known_as(address) == (address,)
    closing.close(anne, by=anne.actor)
    assert known_as(address) == (address, of_person(anne.pk))
    again = making.person("anne.lambert@example.org")
    EmailAddress.objects.create(user=again, email=again.email, verified=True)
    assert known_as(of_person(again.pk)) == (of_person(again.pk), address, of_person(anne.pk))


def test_only_the_person_closes_their_account_and_only_once() -> None:
    anne, _client = _anne()
    with pytest.raises(NotAllowed):
        closing.close(anne, by=making.person(role="administrator").actor)
    closing.close(anne, by=anne.actor)
    with pytest.raises(Conflict):
        closing.close(anne, by=anne.actor)


def test_the_last_administrator_cannot_vanish() -> None:
    anne, _client = _anne("administrator")
    with pytest.raises(Refused, match=r"last administrator of Liege\. Make somebody else administrator first"):
        closing.close(anne, by=anne.actor)
    assert Member.objects.filter(person=anne).exists()
    making.person(role="administrator", at=making.community())
    closing.close(anne, by=anne.actor)


def test_a_backup_opens_no_account_again() -> None:
    anne, _client = _anne()
    closing.close(anne, by=anne.actor)
    # As an older backup has it.
    Person.stored.filter(pk=anne.pk).update(email="anne.lambert@example.org", closed_at=None, is_active=True)
    assert journal.replay(clock.now()) == {"close": 1}
    anne.refresh_from_db()
    assert anne.closed_at
    assert lives.missing(["anne.lambert"]) == ["anne.lambert"]


def test_the_program_may_close_an_account() -> None:
    anne, _client = _anne()
    closing.close(anne, by=SYSTEM)
    assert anne.closed_at
