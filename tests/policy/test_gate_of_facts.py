"""What is wrong in a policy file closes the gate with a sentence that says what to do."""

from pathlib import Path
from typing import Any

import pytest

from perron.privacy import gate
from perron.privacy.policy.reading import BadPolicy, read_versions
from tests.policy.operators import Change, changed, every_operator, latest


@every_operator
def test_the_program_keeps_the_policy(operator: str) -> None:
    assert gate.find_gaps(latest(operator)) == []


def _set(path: str, value: Any) -> Change:
    *way, last = path.split(".")

    def change(raw: dict[str, Any]) -> None:
        for step in way:
            raw = raw[int(step) if step.isdigit() else step]  # type: ignore[index]
        raw[last] = value

    return change


def _without(path: str) -> Change:
    *way, last = path.split(".")

    def change(raw: dict[str, Any]) -> None:
        for step in way:
            raw = raw[step]
        del raw[last]

    return change


_AMERICAN = {"recipient": "host", "activities": ["C"], "country": "US", "citation": "GDPR art. 6(1)(f)"}
_NOBODY = {"kind": "third_party"}


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (_set("storages.database.country", "US"), "storages.database lies outside the European Union (US); move"),
        (_without("storages.backup"), "storages.backup is missing; say where it lies"),
        (_set("storages.mail.recipient", "partner"), "storages.mail: partner keeps data but is neither"),
        (_set("storages.mail.recipient", "ghost"), "storages.mail names ghost, of whom there is no record; add"),
        (_set("transmissions.push", _AMERICAN), "transmissions.push leaves the European Union (US) and cites"),
        (_set("recipients.host.country", "US"), "recipients.host is outside the European Union; describe the transfer"),
        (_set("recipients.host.agreement", ""), "recipients.host.agreement: name the contract"),
        (_set("recipients.accountant.agreement", "article_28"), "recipients.accountant.agreement: name the contract"),
        (_set("recipients.ghost", _NOBODY), "recipients.ghost receives nothing; name it where it receives, or remove"),
        (_set("recipients.partner.kind", "third_party"), "is a controller with or above"),
        (_set("activities.B.recipients", ["ghost"]), "activities.B.recipients names ghost, of whom there is no record"),
        (_set("activities.staff.categories", ["name"]), "add it to activities.staff.categories, or do without"),
        (_without("activities.B"), "nothing about activity B; describe it under"),
        (_set("omitted", ["B"]), "activity B is both described and omitted; keep one"),
        (_set("omitted", ["Z"]), "the program has no activity Z; remove it"),
        (_set("activities.B.subjects", []), "activities.B.subjects is empty, but the activity touches people"),
        (_set("activities.B.subjects", ["contact", "client"]), "on what does it rest for client? Add"),
        (_set("activities.H.categories", ["name"]), "activities.H.categories is filled, but the activity touches"),
        (_set("activities.C.role", "controller"), "activities.C.counterpart: name the other controller"),
        (_set("activities.C.role", "processor"), 'a processor, and nobody else, acts on'),
        (_set("activities.C.counterpart", "networks"), "activities.C.counterpart: networks is not among its"),
        (_set("activities.C.retentions.tea", {"period": "P1D"}), "retention C.tea has no clock; give"),
        (_without("activities.C.retentions.account_closed"), "the policy says nothing of account_closed"),
        (_set("activities.C.retentions.account_closed", {}), "waits after account_closed, but"),
        (_set("activities.staff.retentions.role_ended.period", "P1Y"), "goes at role_ended itself, but"),
        (_set("activities.C.retentions.account_closed.reasons", ["tax"]), "because of liability, which no retention"),
        (_set("passing.tea", {"period": "P1D"}), "retention passing.tea has no clock; give a table one, or remove it"),
        (_set("activities.B.retentions.last_contact.contract_may_shorten", True), "only what is done as processor"),
        (_set("age_citation", "Act of 30 July 2018 art. 700"), "the law has no such article, paragraph or point; look"),
        (_set("age_citation", "Act of 31 July 2018 art. 7"), "cites a law that laws.toml does not know; write one of"),
        (_set("age_citation", "article 7"), "'article 7' is no citation; write for example GDPR art. 6(1)(b)"),
        (_set("age_of_consent", 16), "age_of_consent: in BE it is 13 by Act of 30 July 2018 art. 7; write both so"),
        (_set("laws", ["GDPR"]), "age_citation cites Act of 30 July 2018, which is not among laws; add it there"),
        (_set("laws", ["GDPR", "Act of 30 July 2018", "VAT Code"]), "laws names VAT Code, which nothing cites"),
        (_set("activities.B.bases.0.citation", "GDPR art. 6(1)(g)"), "the law has no such article, paragraph or point"),
        (_set("activities.B.bases.0.citation", "GDPR art. 6(1)(a)"), "GDPR art. 6(1)(a) is no contract; cite"),
        (_set("rights.consent", []), "rights.consent lacks withdrawal, which the GDPR gives; add it"),
        (_set("rights.contract", ["tea"]), "rights.contract names tea, which the law does not know; correct"),
        (_without("rights.contract"), "rights.contract is missing; list the rights that it gives"),
        (_set("rights.whim", []), "rights.whim is on a ground that no activity rests on; remove it"),
        (_set("version.announced", "2026-12-01"), "is after version.in_force 2026-11-01; announce first"),
        (_set("version.announced", "2026-11-01"), "activity applications is new; announce it before it begins"),
        (_set("version.announced", "2020-01-01"), "is before that of the version before"),
        (_set("languages", ["fr", "nl", "en"]), "languages lacks 'de', which the program speaks; add it"),
        (_set("languages", ["fr", "fr", "nl", "de", "en"]), "languages names fr twice; keep one"),
        (_set("activities.B.recipients", ["host", "host"]), "activities.B.recipients names host twice; keep one"),
        (_set("activities.E.categories", ["name", "health"]), "E.categories: the program knows no health; remove it"),
        (_set("operator.enterprise_number", "BE 0639.912.116"), "enterprise_number 'BE 0639.912.116' does not"),
    ],
)  # fmt: skip
def test_each_finding_says_what_to_do(change: Change, finding: str) -> None:
    gaps = gate.find_gaps(changed("letsgocity", change))
    assert any(finding in gap for gap in gaps), gaps


@pytest.mark.parametrize(
    ("path", "value", "remedy"),
    [
        ("activities.B.retentions.last_contact.period", "P0D", "'P0D' is no time to keep data; write one from P1D"),
        ("activities.B.retentions.last_contact.period", "P9999Y", "'P9999Y' is no time to keep data; write one from"),
        ("activities.B.retentions.last_contact.period", "P36501D", "is no time to keep data; write one from"),
        ("activities.B.retentions.last_contact.period", 1, "1 is no ISO 8601 period; write for example"),
        ("recipients.host.country", "lu", "recipients.host.country: 'lu' is no country; write its two capitals"),
        ("operator.telephone", "0472", "operator.telephone: '0472' is no telephone number; write it with its country"),
        ("operator.email", "privacy", "operator.email: 'privacy' is no e-mail address; look at its spelling"),
        ("authority.rights_page", "http://x", "is no address of a page; write one that begins with https://"),
    ],
)
def test_each_fault_of_reading_says_what_to_write(path: str, value: object, remedy: str) -> None:
    with pytest.raises(BadPolicy) as refused:
        changed("letsgocity", _set(path, value))
    first = str(refused.value).splitlines()[0]
    assert first.startswith(f"{latest('letsgocity').folder / 'policy.toml'}: {path}: ")
    assert remedy in first


def test_a_version_whose_facts_are_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "2026-01-31").mkdir()
    with pytest.raises(BadPolicy, match=r"2026-01-31/policy.toml: cannot be read \(No such file or directory\)"):
        read_versions(tmp_path)
