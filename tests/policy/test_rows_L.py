"""L: data are stored in the European Union only, today in Dublin; what is sent out of it has a basis of its own."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from perron.core.language import LANGUAGES
from perron.privacy import gate
from perron.privacy.gate.lawful import EU
from perron.privacy.policy.current import policy, replace, versions
from perron.privacy.policy.rendering import page, words_for
from tests.policy.operators import OPERATORS, Facts, changed, every_operator, latest


@every_operator
def test_every_store_lies_in_a_member_state(operator: str) -> None:
    storages = latest(operator).storages
    assert set(storages) == {"database", "media", "backup", "mail"}
    assert {storage.country for storage in storages.values()} <= EU
    assert len(EU) == 27


def test_the_operators_stores_are_in_dublin_and_people_read_it() -> None:
    for version in versions():
        assert {(storage.place, storage.country) for storage in version.storages.values()} == {("Dublin", "IE")}
        for language in LANGUAGES:
            said = words_for(version, language).statement("location")
            assert "Dublin (" in said
            assert "Amazon" in said


@every_operator
def test_the_page_names_the_place_of_each_kind_of_store(operator: str) -> None:
    known = latest(operator)
    said = str(page(known, words_for(known, known.languages[0])))
    for storage in known.storages.values():
        assert storage.place in said


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("kind", ["database", "media", "backup", "mail"])
@pytest.mark.parametrize("country", ["US", "GB", "CH", "NO"])
def test_a_store_elsewhere_closes_the_gate(operator: str, kind: str, country: str) -> None:
    def move(raw: Facts) -> None:
        raw["storages"][kind]["country"] = country

    with (
        replace(changed(operator, move)),
        pytest.raises(ImproperlyConfigured, match=f"{kind} lies outside the European Union"),
    ):
        gate.keep()


def _sending(country: str, citation: str) -> Any:
    def send(raw: Facts) -> None:
        raw["recipients"]["push_service"] = {"kind": "third_party", "country": country}
        raw["transmissions"]["push"] = {
            "recipient": "push_service", "activities": ["C"], "country": country, "citation": citation,
        }  # fmt: skip

    return send


@pytest.mark.parametrize(
    ("country", "citation", "allowed"),
    [
        ("US", "GDPR art. 45(3)", True),
        ("US", "GDPR art. 49(1)(a)", True),
        ("US", "GDPR art. 6(1)(a)", False),
        ("US", "GDPR art. 49(1)(h)", False),
        ("NO", "GDPR art. 6(1)(b)", True),
        ("FR", "GDPR art. 6(1)(b)", True),
    ],
)
def test_what_leaves_the_union_cites_what_allows_it(country: str, citation: str, *, allowed: bool) -> None:
    gaps = gate.find_gaps(changed("letsgocity", _sending(country, citation)))
    assert any("transmissions.push" in gap and ".toml: transmissions.push:" not in gap for gap in gaps) is not allowed


def test_a_recipient_elsewhere_needs_a_transfer_that_is_described() -> None:
    def move(raw: Facts) -> None:
        raw["recipients"]["mailing_provider"]["country"] = "US"

    assert any("describe the transfer" in gap for gap in gate.find_gaps(changed("letsgocity", move)))
    assert not any("describe the transfer" in gap for gap in gate.find_gaps(policy()))
