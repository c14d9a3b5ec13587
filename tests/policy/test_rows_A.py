"""A: whoever reads the website gives nothing; what can lie on a device is listed, with why and how long."""

import pytest
from django.test import Client

from perron.core.language import LANGUAGES
from perron.privacy.gate import stores
from perron.privacy.policy.current import policy
from tests import making

pytestmark = pytest.mark.django_db
PAGES = ("", "about/", "privacy/", "privacy/processors/", "privacy/arrangement/", "cookies/", "accessibility/")


@pytest.fixture(autouse=True)
def _platform() -> None:
    making.platform(making.community())


@pytest.mark.parametrize("language", LANGUAGES)
def test_reading_the_website_sets_no_cookie(client: Client, language: str) -> None:
    for page in PAGES:
        answer = client.get(f"/{language}/{page}")
        assert answer.status_code == 200, page
        assert not answer.cookies
        assert not client.cookies


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cookie_page_lists_all_that_is_declared(client: Client, language: str) -> None:
    page = client.get(f"/{language}/cookies/").content.decode()
    declared = [store for store in stores() if store.kind == "device"]
    assert declared
    assert page.count('<th scope="row">') == len(declared)
    assert all(store.why and store.kept for store in declared)


def test_the_policy_says_that_nobodys_data_are_used() -> None:
    browsing = policy().activities["A"]
    assert not browsing.personal
    assert not browsing.categories
    assert not browsing.bases
