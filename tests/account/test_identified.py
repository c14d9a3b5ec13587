from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from perron.account.identified import identify, subjects_of
from perron.accounts.models import Person
from perron.accounts.sessions import SessionStore
from perron.communities.access import permit
from perron.communities.permissions import WRITE
from perron.core.clock import now, travel
from perron.core.errors import NotAllowed
from perron.privacy.acting import Actor
from perron.privacy.subjects import of_address, of_person
from tests import making

pytestmark = pytest.mark.django_db


def _asked_by(user: Person | AnonymousUser) -> HttpRequest:
    request = HttpRequest()
    request.user = user
    request.session = SessionStore()
    return request


def test_a_mailed_link_identifies_an_address_for_half_an_hour() -> None:
    request = _asked_by(AnonymousUser())
    assert subjects_of(request) == ()
    identify(request, of_address("anne@example.org"))
    assert subjects_of(request) == (of_address("anne@example.org"),)
    with travel(now() + timedelta(minutes=31)):
        assert subjects_of(request) == ()


def test_an_account_brings_its_confirmed_addresses_only() -> None:
    person = making.person("anne@example.org")
    typed = EmailAddress.objects.create(user=person, email="anne@example.org")
    address = of_address("anne@example.org")
    assert subjects_of(_asked_by(person)) == (of_person(person.pk),)
    typed.verified = True
    typed.save()
    assert subjects_of(_asked_by(person)) == (of_person(person.pk), address)


def test_whoever_has_an_address_only_acts_for_no_community() -> None:
    with pytest.raises(NotAllowed):
        permit(Actor("address", of_address("anne@example.org").id), WRITE, making.community())
