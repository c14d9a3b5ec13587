"""The policy cites what exists, rests on grounds that the law knows, and takes nobody's rights away."""

from collections.abc import Iterator

from perron.privacy.policy import citations
from perron.privacy.policy.values import Basis, Policy

EU = frozenset(
    ("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
     "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK")
)  # fmt: skip
# Where the GDPR applies by the EEA agreement: what goes there is no transfer to a third country.
EEA = EU | {"IS", "LI", "NO"}

# From which age a child consents alone (GDPR art. 8(1)), and by which law.
_AGES = {"BE": (13, "Act of 30 July 2018 art. 7")}
_GROUNDS = {
    "contract": ("GDPR art. 6(1)(b)",),
    "consent": ("GDPR art. 6(1)(a)",),
    "legitimate_interest": ("GDPR art. 6(1)(f)",),
    "instructions": ("GDPR art. 28(3)", "GDPR art. 28(3)(a)"),
}
# What the GDPR gives everybody, and what it adds for some grounds.
_RIGHTS = {
    "all": ("information", "access", "rectification", "erasure", "restriction", "complaint"),
    "contract": ("portability",),
    "consent": ("portability", "withdrawal"),
    "legitimate_interest": ("objection",),
}
_KNOWN_RIGHTS = {right for rights in _RIGHTS.values() for right in rights}


def lawful_gaps(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each citation, ground, right, age or transfer that cannot stand."""
    yield from _citation_gaps(policy)
    yield from _right_gaps(policy)
    yield from _age_gaps(policy)
    for activity in policy.activities.values():
        processed = activity.role == "processor"
        for basis in activity.bases:
            here = f"policy: activities.{activity.id}.bases.{basis.id}"
            yield from _ground_gaps(basis, here)
            if processed != (basis.ground == "instructions"):
                yield f'{here}.ground: a processor, and nobody else, acts on "instructions"; correct one.'
    for each in policy.transmissions.values():
        if each.country not in EEA and not _chapter_v(each.citation):
            yield (
                f"policy: transmissions.{each.id} leaves the European Union ({each.country}) and cites "
                f"{each.citation!r}; cite what allows it in GDPR arts 45 to 49."
            )


def _citation_gaps(policy: Policy) -> Iterator[str]:
    cited = {"age_citation": policy.age_citation}
    cited |= {f"transmissions.{each.id}": each.citation for each in policy.transmissions.values()}
    for activity in policy.activities.values():
        cited |= {f"activities.{activity.id}.bases.{basis.id}": basis.citation for basis in activity.bases}
        for trigger, retention in activity.retentions.items():
            if retention.citation:
                cited[f"activities.{activity.id}.retentions.{trigger}"] = retention.citation
    applied = set()
    for key, citation in cited.items():
        try:
            law = citations.parse(citation).law
        except ValueError as error:
            yield f"policy: {key}: {error}."
            continue
        applied.add(law)
        if law not in policy.laws:
            yield f"policy: {key} cites {law}, which is not among laws; add it there."
    for law in sorted(set(policy.laws) - applied):
        yield f"policy: laws names {law}, which nothing cites; correct its spelling, or remove it."


def _ground_gaps(basis: Basis, here: str) -> Iterator[str]:
    fitting = _GROUNDS.get(basis.ground, ())
    other = {citation for citations_ in _GROUNDS.values() for citation in citations_}
    if (fitting and basis.citation not in fitting) or (not fitting and basis.citation in other):
        should = " or ".join(fitting) or "GDPR art. 6(1)(c), or the duty itself"
        yield f"{here}: {basis.citation} is no {basis.ground.replace('_', ' ')}; cite {should}."


def _right_gaps(policy: Policy) -> Iterator[str]:
    grounds = {basis.ground for activity in policy.activities.values() for basis in activity.bases}
    for ground in sorted({"all", *grounds} - set(policy.rights)):
        yield f"policy: rights.{ground} is missing; list the rights that it gives, or []."
    for ground in sorted(set(policy.rights) - {"all", *grounds}):
        yield f"policy: rights.{ground} is on a ground that no activity rests on; remove it, or correct its spelling."
    everybody = set(policy.rights.get("all", ()))
    for ground, rights in policy.rights.items():
        for right in sorted(set(rights) - _KNOWN_RIGHTS):
            yield f"policy: rights.{ground} names {right}, which the law does not know; correct its spelling."
        for right in sorted(set(_RIGHTS.get(ground, ())) - set(rights) - everybody):
            yield f"policy: rights.{ground} lacks {right}, which the GDPR gives; add it."
        for right in sorted({right for right in rights if rights.count(right) > 1}):
            yield f"policy: rights.{ground} names {right} twice; keep one."


def _age_gaps(policy: Policy) -> Iterator[str]:
    age, citation = _AGES.get(policy.operator.country, (policy.age_of_consent, policy.age_citation))
    if (policy.age_of_consent, policy.age_citation) != (age, citation) or not 13 <= age <= 16:
        yield f"policy: age_of_consent: in {policy.operator.country} it is {age} by {citation}; write both so."


def _chapter_v(citation: str) -> bool:
    try:
        cited = citations.parse(citation)
    except ValueError:
        return False
    return cited.law == "GDPR" and cited.article in {"45", "46", "47", "48", "49"}
