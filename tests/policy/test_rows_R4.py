"""R4: the GDPR and the Belgian act of 30 July 2018 apply; citations resolve; who is 13 consents alone."""

import json
import re

import pytest

from perron.core.language import LANGUAGES
from perron.privacy.policy import citations, vocabulary
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.rendering import page, words_for
from tests.policy.operators import every_operator, latest

LAWS = {
    "GDPR": "https://eur-lex.europa.eu/eli/reg/2016/679/oj",
    "Act of 30 July 2018": "https://www.ejustice.just.fgov.be/eli/loi/2018/07/30/2018040581/justel",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_people_read_which_laws_apply_and_where_they_stand(language: str) -> None:
    for version in versions():
        said = {fact.id: fact.values for fact in page(version, words_for(version, language)).part("who").facts}["laws"]
        assert [each.href for each in said] == list(LAWS.values())
        assert [each.text for each in said] == [citations.law_in_words(law, language) for law in LAWS]


@every_operator
def test_every_citation_of_the_register_resolves(operator: str) -> None:
    known = latest(operator)
    document = json.dumps(vocabulary.json_ld(known, words_for(known, "en"), base="https://x.example/register"))
    cited = set(re.findall(r'"dct:source": \["([^"]+)", \{"@id": "(https://[^"]+)"\}\]', document))
    assert {citation for citation, _address in cited} == {
        basis.citation
        for activity in known.activities.values()
        if activity.role != "processor"
        for basis in activity.bases
    }
    for citation, address in cited:
        assert citations.parse(citation)
        assert address == LAWS[citations.parse(citation).law]


def test_thirteen_is_the_age_and_the_act_says_so() -> None:
    for version in versions():
        assert version.age_of_consent == 13
        assert version.age_citation == "Act of 30 July 2018 art. 7"
        assert "13" in words_for(version, "fr").statement("children")
    rights = page(policy(), words_for(policy(), "fr")).part("rights")
    age = next(fact for fact in rights.facts if fact.id == "age")
    assert "Loi du 30 juillet 2018 art. 7" in age.values[0].text


@pytest.mark.parametrize(
    "citation",
    ["GDPR art. 6(1)(b)", "GDPR art. 5(2)", "GDPR art. 4(11)", "GDPR art. 16", "GDPR art. 50(d)", "GDPR art. 99",
     "Act of 30 July 2018 art. 10/2", "Code of Economic Law art. XII.13(1)", "Regulation 1182/71 art. 3(2)(b)"],
)  # fmt: skip
def test_a_place_that_exists_can_be_cited(citation: str) -> None:
    assert citations.parse(citation)
    assert citations.address(citation).startswith("https://")


@pytest.mark.parametrize(
    "citation",
    ["GDPR art. 6(1)(g)", "GDPR art. 6(5)", "GDPR art. 6(0)", "GDPR art. 16(1)", "GDPR art. 100", "GDPR art. 6(a)",
     "GDPR 6(1)(b)", "GDPR art. 6(1)(b) ", "Act of 30 July 2018 art. 8", "the law"],
)  # fmt: skip
def test_a_place_that_does_not_exist_cannot(citation: str) -> None:
    with pytest.raises(ValueError, match=r"; (look it up|write)"):
        citations.parse(citation)
