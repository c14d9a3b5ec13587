"""The register of processing activities: as controller (GDPR art. 30(1)), and as processor for a partner (art. 30(2)).

`register(policy, words)` and `register(policy, words, partner=…)` return the same kind of value, from which the desk
makes a page and a CSV, and `vocabulary` JSON-LD.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.core.spreadsheets import as_text
from perron.privacy.policy import labels
from perron.privacy.policy.activity_parts import (
    bases,
    capitalised,
    categories,
    in_order,
    necessity,
    responsible,
    retentions,
)
from perron.privacy.policy.documents import Fact, Part, body_facts, facts
from perron.privacy.policy.general_parts import recipient_words
from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Activity, Policy

# The columns of the CSV, whatever an activity has to say.
_ORDER = ("role", "subjects", "categories", "bases", "interest", "necessity", "receivers", "transfers", "retentions",
          "storages", "measures", "source")  # fmt: skip


@dataclass(frozen=True)
class Partner:
    """The controller on whose behalf the operator processes, as far as the register names it."""

    name: str
    enterprise_number: str = ""


@dataclass(frozen=True)
class Register:
    """One register in one language: whose it is, and a part for each activity with the same facts in the same order."""

    language: str
    in_force: date
    partner: Partner | None
    about: tuple[Fact, ...]
    activities: tuple[Part, ...]


def register(policy: Policy, words: Texts, *, partner: Partner | None = None) -> Register:
    """Return the register of the operator's own activities, or of those done as processor for `partner`."""
    with override(words.language):
        return Register(
            language=words.language,
            in_force=policy.version.in_force,
            partner=partner,
            about=_about(policy, words, partner),
            activities=tuple(_entry(activity, policy, words, partner) for activity in entered(policy, partner)),
        )


def entered(policy: Policy, partner: Partner | None) -> list[Activity]:
    """Return the activities that a register holds: those done as processor in a partner's, all others in one's own."""
    return [activity for activity in in_order(policy) if (activity.role == "processor") == (partner is not None)]


def as_csv(made: Register) -> str:
    """Return the register as CSV (RFC 4180) with a head: one row for each activity, statements one below the other."""
    out = io.StringIO()
    writer = csv.writer(out)
    with override(made.language):
        labelled = {fact.id: fact.label for part in made.activities for fact in part.facts}
        heads = [id_ for id_ in _ORDER if id_ in labelled]
        who = [fact.label for fact in made.about]
        writer.writerow([_("Identifier"), _("Activity"), _("Purpose"), *(labelled[id_] for id_ in heads), *who])
    about = ["\n".join(said.text for said in fact.values) for fact in made.about]
    for part in made.activities:
        told = {fact.id: "\n".join(said.text for said in fact.values) for fact in part.facts}
        cells = [part.id, part.title, part.lead, *(told.get(id_, "") for id_ in heads), *about]
        writer.writerow([as_text(cell) for cell in cells])
    return out.getvalue()


def _about(policy: Policy, words: Texts, partner: Partner | None) -> tuple[Fact, ...]:
    role = _("Processor") if partner else _("Controller")
    operator = tuple(
        Fact(f.id, role if f.id == "name" else f.label, f.values) for f in body_facts(policy.operator, words)
    )
    representatives = tuple(
        Fact(f"{key}.{fact.id}", labels.told(words.representative(key), fact.label), fact.values)
        for key, body in policy.representatives.items()
        for fact in body_facts(body, words)
    )
    theirs = facts(
        ("partner", _("Controller on whose behalf"), [partner.name] if partner else []),
        ("partner_number", _("Enterprise number of the controller"), [partner.enterprise_number] if partner else []),
    )
    version = facts(("in_force", _("Policy in force since"), [labels.day_words(policy.version.in_force)]))
    everywhere = [*(words.passing(key) for key in policy.passing), words.statement("backups")]
    short = facts(("passing", _("Time limits that hold for every activity"), everywhere))
    return (*operator, *representatives, *theirs, *version, *short)


def _entry(activity: Activity, policy: Policy, words: Texts, partner: Partner | None) -> Part:
    said = words.activity(activity.id)
    answers = responsible(activity, policy, words)
    if partner:
        answers = labels.responsible(activity.role, operator=policy.operator.name, counterpart=partner.name)
    return Part(
        id=activity.id,
        title=said.name,
        lead=said.purpose,
        sort="service" if partner else "activity",
        facts=facts(
            ("role", _("Role"), [capitalised(words.role(activity.role)), answers]),
            ("subjects", _("Categories of persons"), [words.subject(each) for each in activity.subjects]),
            ("categories", _("Categories of data"), categories(activity, words)),
            ("bases", _("Legal basis"), bases(activity, words)),
            ("interest", _("Legitimate interest"), [said.interest]),
            ("necessity", _("Required"), [necessity(activity), said.consequence]),
            ("receivers", _("Categories of recipients"), list(_recipients(activity, policy, words))),
            ("transfers", _("Transfers outside the places of storage"), list(_transfers(activity, policy, words))),
            ("retentions", _("Time limits for erasure"), retentions(activity, words)),
            ("storages", _("Places of storage"), list(_storages(activity, policy, words))),
            ("measures", _("Security measures (art. 32)"), [words.measure(key) for key in policy.measures]),
            ("source", _("In the published policy"), [_("yes") if activity.from_source else _("no")]),
        ),
    )


def _recipients(activity: Activity, policy: Policy, words: Texts) -> Iterator[str]:
    for key in activity.recipients:
        named = " · ".join(filter(None, recipient_words(policy.recipients[key], words)))
        yield f"{words.recipient(key)} ({named})"


def _transfers(activity: Activity, policy: Policy, words: Texts) -> Iterator[str]:
    found = [each for each in policy.transmissions.values() if activity.id in each.activities]
    for each in found:
        receiver = f"{words.recipient(each.recipient)}, {words.country(each.country)}"
        yield labels.told(words.transmission(each.id), f"{receiver} ({labels.citation(each.citation)})")
    if not found:
        yield _("None.")


def _storages(activity: Activity, policy: Policy, words: Texts) -> Iterator[str]:
    if activity.personal:
        for key, each in policy.storages.items():
            yield labels.told(words.storage(key), f"{each.place}, {words.country(each.country)}")
