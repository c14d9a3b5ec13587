"""M: the policy can change; the latest version counts, all can be read and compared, new purposes come announced."""

from datetime import UTC, date, datetime
from itertools import combinations

import pytest

from perron.core import clock
from perron.core.language import LANGUAGES
from perron.privacy.gate.facts import fact_gaps
from perron.privacy.policy.comparing import compare
from perron.privacy.policy.current import policy, versions, versions_in
from perron.privacy.policy.reading import BadPolicy
from perron.privacy.policy.rendering import page, words_for
from tests.policy.operators import OPERATORS, POLICIES, Facts, changed, every_operator


def _at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_each_day_has_the_version_that_is_in_force() -> None:
    for day, in_force in [
        (date(2022, 5, 26), date(2022, 5, 26)),
        (date(2026, 10, 31), date(2022, 5, 26)),
        (date(2026, 11, 1), date(2026, 11, 1)),
        (date(2036, 1, 1), date(2026, 11, 1)),
    ]:
        with clock.travel(_at_noon(day)):
            assert policy().version.in_force == in_force


def test_before_the_first_version_there_is_none() -> None:
    with clock.travel(_at_noon(date(2022, 5, 25))), pytest.raises(BadPolicy, match="no version is in force yet; check"):
        policy()


@every_operator
def test_there_are_several_versions_and_the_first_says_so(operator: str) -> None:
    known = versions_in(POLICIES / operator)
    assert len(known) >= 2
    assert [version.version.in_force for version in known] == sorted({version.version.in_force for version in known})
    assert words_for(known[0], "en").changes == "This is the first version of this policy."
    assert words_for(known[1], "en").changes.startswith("New: ")


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_two_versions_can_be_compared(operator: str, language: str) -> None:
    for old, new in combinations(versions_in(POLICIES / operator), 2):
        changes = compare(page(old, words_for(old, language)), page(new, words_for(new, language)))
        what = {(change.what, change.id) for change in changes}
        for activity in set(new.activities) - set(old.activities):
            assert ("added", activity) in what


def test_the_operators_new_version_tells_what_is_new() -> None:
    old, new = versions()
    changes = compare(page(old, words_for(old, "en")), page(new, words_for(new, "en")))
    assert ("added", "staff") in {(change.what, change.id) for change in changes}
    rights = next(change for change in changes if change.id == "F")
    assert "e-mail address" in str(rights)


@every_operator
def test_a_new_purpose_is_announced_before_it_begins(operator: str) -> None:
    for before, after in zip(versions_in(POLICIES / operator), versions_in(POLICIES / operator)[1:], strict=False):
        assert set(after.activities) - set(before.activities)
        assert after.version.announced < after.version.in_force

    def announce_on_the_day(raw: Facts) -> None:
        raw["version"]["announced"] = raw["version"]["in_force"]

    gaps = list(fact_gaps(changed(operator, announce_on_the_day)))
    assert any("is new; announce it before it begins (GDPR art. 13(3))" in gap for gap in gaps)
