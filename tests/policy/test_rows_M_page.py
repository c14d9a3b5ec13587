"""M: the latest version is always on the site, with every other one and what differs between any two."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from perron.core.clock import travel
from perron.privacy.policy.current import policy, versions
from perron.reader.website.truth import next_change
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _platform() -> None:
    making.platform(making.community())


def test_the_latest_leads_to_every_other_and_to_what_differs(client: Client) -> None:
    page = client.get("/en/privacy/").content.decode()
    assert "In force since 1 November 2026" in page
    assert 'href="/en/privacy/2022-05-26/"' in page
    assert 'href="/en/privacy/2022-05-26/changes/2026-11-01/"' in page


def test_an_earlier_version_says_that_it_is_no_longer_in_force(client: Client) -> None:
    assert "no longer in force" in client.get("/en/privacy/2022-05-26/").content.decode()
    assert client.get("/en/privacy/2023-01-01/").status_code == 404


def test_what_differs_is_told_in_words(client: Client) -> None:
    page = client.get("/en/privacy/2022-05-26/changes/2026-11-01/").content.decode()
    assert "People who work for a community" in page
    same = client.get("/en/privacy/2026-11-01/changes/2026-11-01/").content.decode()
    assert "These two versions say the same." in same


def test_a_version_is_announced_before_it_is_in_force(client: Client) -> None:
    with travel(datetime(2026, 10, 15, 12, tzinfo=UTC)):
        page = client.get("/en/privacy/").content.decode()
        assert "In force since 26 May 2022" in page
        assert "A new version comes into force on 1 November 2026." in page
        assert "it is not in force yet" in client.get("/en/privacy/2026-11-01/").content.decode()
        # The edge gives the page up when the day begins in Brussels.
        assert next_change() == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert next_change() is None or policy() is not versions()[-1]
