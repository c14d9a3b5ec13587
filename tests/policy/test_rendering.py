"""What is made of the policy as values: the document, the comparison, the notices, the registers."""

import csv
import io
import json
from dataclasses import replace
from datetime import date

import pytest
from rdflib import RDF, Graph, URIRef

from perron.core.language import LANGUAGES
from perron.privacy.policy import current, vocabulary
from perron.privacy.policy.comparing import compare
from perron.privacy.policy.documents import Fact, Part, Said
from perron.privacy.policy.notices import notice, notices
from perron.privacy.policy.register import Partner, as_csv, register
from perron.privacy.policy.rendering import Page, page, words_for
from perron.privacy.policy.values import Policy
from tests.policy.dpv import TERMS

PARTNER = Partner("Ville d'Exemple", "0123456749")


@pytest.fixture
def policy() -> Policy:
    return current.policy()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_version_is_a_whole_document(language: str) -> None:
    for version in current.versions():
        made = page(version, words_for(version, language))
        assert {part.id for part in made.parts} >= {"who", *version.activities, "rights", "contact", "security"}
        for part in made.parts:
            assert part.title
            assert part.facts
            assert len({fact.id for fact in part.facts}) == len(part.facts)


def test_an_activity_says_all_that_the_law_asks(policy: Policy) -> None:
    facts = {fact.id for fact in page(policy, words_for(policy, "en")).part("E").facts}
    assert facts == {
        "subjects", "categories", "origin", "bases", "interest", "necessity", "recipients", "retentions", "role",
    }  # fmt: skip


def test_nothing_differs_from_itself(policy: Policy) -> None:
    made = page(policy, words_for(policy, "en"))
    assert compare(made, made) == ()


def test_what_was_added_removed_and_changed_is_told_apart() -> None:
    old = _page(Part("a", "A", "Why", (_fact("how", "1 year"), _fact("who", "host", "bank"))), Part("b", "B", ""))
    new = _page(Part("a", "A", "Why", (_fact("how", "2 years"), _fact("who", "host", "court"))), Part("c", "C", "New"))
    changed, added, removed = compare(old, new)
    assert (changed.what, changed.id) == ("changed", "a")
    assert [([s.text for s in f.before], [s.text for s in f.after]) for f in changed.facts] == [
        (["1 year"], ["2 years"]),
        (["bank"], ["court"]),
    ]
    assert (added.what, added.id) == ("added", "c")
    assert (removed.what, removed.id) == ("removed", "b")


def test_a_notice_is_short_and_knows_the_rest(policy: Policy) -> None:
    made = notice(policy, words_for(policy, "en"), "B")
    assert [fact.id for fact in made.short] == ["role", "purpose", "retentions", "rights"]
    assert "1 year" in made.short[2].values[0].text
    assert {"categories", "bases", "necessity", "recipients", "ask", "complaint"} <= {fact.id for fact in made.more}


def test_a_notice_lists_rights_as_each_language_writes_them(policy: Policy) -> None:
    said = {code: notice(policy, words_for(policy, code), "B").short[3].values[0].text for code in ("fr", "de")}
    assert said["fr"].startswith("Être informé, accès, rectification")
    assert said["de"].startswith("Information, Auskunft, Berichtigung")


def test_an_activity_that_the_operator_does_not_carry_out_has_no_notice(policy: Policy) -> None:
    words = words_for(policy, "en")
    other = replace(policy, activities={"B": policy.activities["B"]})
    assert [made.anchor for made in notices(other, words, ["C", "B"])] == ["B"]


def test_the_two_registers_share_the_activities_between_them(policy: Policy) -> None:
    words = words_for(policy, "en")
    own, theirs = register(policy, words), register(policy, words, partner=PARTNER)
    assert {part.id for part in own.activities} | {part.id for part in theirs.activities} == set(policy.activities)
    assert {policy.activities[part.id].role for part in theirs.activities} == {"processor"}
    assert "Ville d'Exemple" in str(theirs.about)


def test_the_csv_has_one_row_for_each_activity(policy: Policy) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(register(policy, words_for(policy, "en"))))))
    assert [row["Identifier"] for row in rows] == ["A", "B", "C", "D", "E", "F", "G", "H"]
    assert "1 year after our last contact" in rows[1]["Time limits for erasure"]
    assert rows[4]["Legitimate interest"]
    for row in rows:
        assert (row["Controller"], row["E-mail"]) == ("Letsgocity S.A.", "privacy@letsgocity.be")
        assert "30 days" in row["Time limits that hold for every activity"]


def test_no_cell_of_the_csv_is_taken_for_a_formula(policy: Policy) -> None:
    made = register(policy, words_for(policy, "en"))
    hostile = replace(made, activities=(replace(made.activities[0], title="=1+1", lead="@SUM(A1)"),))
    (row,) = csv.DictReader(io.StringIO(as_csv(hostile)))
    assert (row["Activity"], row["Purpose"]) == ("'=1+1", "'@SUM(A1)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_register_of_a_partner_says_who_is_responsible(policy: Policy, language: str) -> None:
    parts = register(policy, words_for(policy, language), partner=PARTNER).activities
    assert parts
    for part in parts:
        kind, role = next(fact.values for fact in part.facts if fact.id == "role")
        assert kind.text.lower() == words_for(policy, language).role("processor").lower()
        assert role.text.index("Ville d'Exemple") < role.text.index("Letsgocity S.A.")


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("partner", [None, PARTNER], ids=["controller", "processor"])
def test_the_json_ld_speaks_the_vocabulary(policy: Policy, partner: Partner | None) -> None:
    base = "https://perron.example/desk/register/"
    document = vocabulary.json_ld(policy, words_for(policy, "fr"), base=base, partner=partner)
    graph = Graph().parse(data=json.dumps(document), format="json-ld")
    used = {
        str(node).removeprefix(vocabulary.CONTEXT[prefix])
        for triple in graph
        for node in triple
        for prefix in ("dpv", "pd", "eu-gdpr")
        if isinstance(node, URIRef) and str(node).startswith(vocabulary.CONTEXT[prefix])
    }
    assert used <= TERMS, used - TERMS
    processes = set(graph.objects(URIRef(base), URIRef("https://w3id.org/dpv#hasProcess")))
    assert len(processes) == (3 if partner else 8)
    for process in processes:
        assert (process, RDF.type, None) in graph
        assert (process, URIRef("https://w3id.org/dpv#hasPurpose"), None) in graph
        assert (process, URIRef("https://w3id.org/dpv#hasDataController"), None) in graph or (
            process, URIRef("https://w3id.org/dpv#hasJointDataControllers"), None,
        ) in graph  # fmt: skip


def test_every_mapping_to_the_vocabulary_exists_there() -> None:
    mapped = {
        *vocabulary.PURPOSES.values(), *vocabulary.CATEGORIES.values(), *vocabulary.GROUNDS.values(),
        *vocabulary.RIGHTS.values(), *vocabulary.RECIPIENTS.values(),
        *(term for pair in vocabulary.MEASURES.values() for term in pair),
    }  # fmt: skip
    assert {term.partition(":")[2] for term in mapped} <= TERMS


def _fact(id_: str, *texts: str) -> Fact:
    return Fact(id_, id_, tuple(Said(text) for text in texts))


def _page(*parts: Part) -> Page:
    return Page("en", date(2026, 1, 1), date(2026, 1, 1), parts)
