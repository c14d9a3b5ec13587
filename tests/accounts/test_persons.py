from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from perron.accounts.models import Person
from perron.communities.models import Member
from tests import making

pytestmark = pytest.mark.django_db


def test_two_accounts_cannot_differ_by_capitals_alone() -> None:
    person = making.person("Anne@Example.org")
    assert Person.objects.get_by_natural_key("ANNE@example.ORG") == person
    with pytest.raises(ValidationError):
        making.person("anne@EXAMPLE.org")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="ANNE@example.org")


@pytest.mark.parametrize("scope", ["community", "partner", "operator"])
def test_a_person_has_one_role_in_each_place(scope: str) -> None:
    person = making.person()
    places: dict[str, dict[str, Any]] = {
        "community": {"community": making.community()},
        "partner": {"partner": making.partner()},
        "operator": {},
    }
    Member.objects.create(person=person, role="administrator", **places[scope])
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(person=person, role="administrator", **places[scope])
