"""The rows R0, R1, R4, L and M as a visitor sees them, on the website of each operator."""

import html
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from perron.core import clock
from perron.privacy.policy.current import versions
from perron.privacy.policy.rendering import words_for
from tests import making
from tests.policy.operators import POLICIES, every_operator

pytestmark = pytest.mark.django_db


def _read(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return html.unescape(response.content.decode())


@every_operator
def test_a_visitor_reads_the_policy_of_this_operator(operator: str, client: Client, settings: Settings) -> None:
    settings.PERRON_POLICY = POLICIES / operator
    making.platform(making.community())
    latest = versions()[-1]
    for language in latest.languages:
        page = _read(client, f"/{language}/privacy/")
        words = words_for(latest, language)
        said = [
            *(latest.operator.name, latest.operator.email, latest.operator.enterprise_number),
            *(storage.place for storage in latest.storages.values()),
            *(words.activity(activity).purpose for activity in latest.activities),
            *(words.retention(a.id, trigger) for a in latest.activities.values() for trigger in a.retentions),
            *("eur-lex.europa.eu/eli/reg/2016/679/oj", "2018040581", words.statement("children")),
        ]
        assert [each for each in said if each not in page] == []
    assert ("Letsgocity" in page) == (operator == "letsgocity")


@every_operator
def test_a_visitor_reads_every_version_and_what_changed(operator: str, client: Client, settings: Settings) -> None:
    settings.PERRON_POLICY = POLICIES / operator
    making.platform(making.community())
    old, new = (version.version.in_force for version in versions()[-2:])
    new_purpose = (set(versions()[-1].activities) - set(versions()[-2].activities)).pop()
    purpose = words_for(versions()[-1], "en").activity(new_purpose).purpose
    assert purpose in _read(client, f"/en/privacy/{new}/")
    assert purpose not in _read(client, f"/en/privacy/{old}/")
    assert purpose in _read(client, f"/en/privacy/{old}/changes/{new}/")
    announced = versions()[-1].version.announced
    with clock.travel(datetime(announced.year, announced.month, announced.day, 12, tzinfo=UTC)):
        assert purpose not in _read(client, "/en/privacy/")
        assert f"/en/privacy/{new}/" in _read(client, "/en/privacy/")
