"""docs/policy.md names every key, and every word that a key may have."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from perron.privacy.declaring import Category
from perron.privacy.policy import values
from perron.privacy.policy.wording import needed
from tests.policy.operators import every_operator, latest

DOCUMENT = (Path(__file__).parents[2] / "docs" / "policy.md").read_text()
NAMED = {word for span in re.findall(r"`([^`\n]+)`", DOCUMENT) for word in re.findall(r"\w+", span)}
# What reading fills in from the key of the table.
IMPLIED = {"folder", "id", "kind", "trigger"}


@pytest.mark.parametrize(
    "value",
    [values.Policy, values.Version, values.Body, values.Authority, values.Activity, values.Basis, values.Retention,
     values.Recipient, values.Storage, values.Transmission, values.Measure, values.ThirdParty],
    ids=lambda value: value.__name__,
)  # fmt: skip
def test_every_key_of_the_facts_is_described(value: type) -> None:
    assert {field.name for field in fields(value)} - IMPLIED - NAMED == set()


def test_every_category_is_described() -> None:
    assert set(Category) - NAMED == set()


@every_operator
def test_every_table_of_words_and_every_trigger_is_described(operator: str) -> None:
    policy = latest(operator)
    triggers = {trigger for activity in policy.activities.values() for trigger in activity.retentions}
    statements = needed(policy)["statements"]
    assert isinstance(statements, Mapping)
    assert {*needed(policy), *statements, *triggers, *policy.passing} - NAMED == set()
