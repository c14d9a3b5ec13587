import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.models import Community
from tests import making


@pytest.fixture
def liege(db: None) -> Community:
    community = making.community()
    making.platform(community)
    return community


@pytest.fixture
def editor(liege: Community) -> Client:
    return signed_in(making.person("editor@example.org", role="editor", at=liege))


@pytest.fixture
def author(liege: Community) -> Client:
    return signed_in(making.person("author@example.org", role="author", at=liege))


@pytest.fixture
def administrator(liege: Community) -> Client:
    return signed_in(making.person("administrator@example.org", role="administrator", at=liege))


def signed_in(person: Person, **options: bool) -> Client:
    """Return a browser in which `person` is signed in; the screens speak English."""
    person.language = "en"
    person.save()
    client = Client(**options)  # type: ignore[arg-type]
    client.force_login(person)
    return client
