"""R1: the operator is controller of A, B, D, E, F and H; of the social pages (G) it is so with each network."""

import pytest

from perron.core.language import LANGUAGES
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.notices import notice
from perron.privacy.policy.register import Partner, register
from perron.privacy.policy.rendering import page, words_for
from perron.privacy.policy.values import Policy

ALONE = ("A", "B", "D", "E", "F", "H")


def test_each_activity_has_its_role() -> None:
    for version in versions():
        assert {activity: version.activities[activity].role for activity in ALONE} == dict.fromkeys(ALONE, "controller")
        social = version.activities["G"]
        assert (social.role, social.counterpart) == ("joint", "networks")


def _who(version: Policy, language: str, activity: str) -> str:
    part = page(version, words_for(version, language)).part(activity)
    return next(fact.values[0].text for fact in part.facts if fact.id == "role")


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_read_who_answers_for_it(language: str) -> None:
    alone = {_who(policy(), language, activity) for activity in ALONE}
    assert len(alone) == 1
    assert "Letsgocity S.A." in alone.pop()
    network = words_for(policy(), language).recipient("networks")
    assert network in _who(policy(), language, "G")
    beside_the_form = {
        fact.id: fact.values[0].text for fact in notice(policy(), words_for(policy(), language), "B").short
    }
    assert beside_the_form["role"] == _who(policy(), language, "B")


def test_the_register_of_the_controller_and_that_of_the_processor_are_apart() -> None:
    words = words_for(policy(), "en")
    own = {part.id for part in register(policy(), words).activities}
    theirs = {part.id for part in register(policy(), words, partner=Partner("Ville d'Exemple")).activities}
    assert own >= {*ALONE, "C", "G"}
    assert theirs == {"staff", "applications", "subscriptions"}
    assert own & theirs == set()
