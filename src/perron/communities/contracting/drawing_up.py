"""The text that a partner is asked to sign: from the policy, with its particulars."""

from dataclasses import asdict

from perron.communities.contracting.tables import Agreement
from perron.communities.models import Partner
from perron.communities.naming import grouped_enterprise_number
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.deeds import Party
from perron.privacy.policy.joint_arrangement import arrangement
from perron.privacy.policy.processing_contract import contract
from perron.privacy.policy.rendering import words_for
from perron.privacy.policy.values import Policy

Kind = Agreement.Kind


def party(partner: Partner) -> Party:
    """Return a partner as an agreement names it today."""
    place = f"{partner.postal_code} {partner.locality}".strip()
    address = ", ".join(part for part in (partner.street, place) if part)
    return Party(partner.name, grouped_enterprise_number(partner.enterprise_number), address)


def particulars(of: Party) -> dict[str, str]:
    """Return what an agreement keeps of a party."""
    return asdict(of)


def text_of(kind: str, of: Party, language: str, version: Policy | None = None) -> str:
    """Return the text by `version` of the policy, by default the one in force."""
    by = version or policy()
    draw_up = arrangement if kind == Kind.ARRANGEMENT else contract
    return draw_up(by, words_for(by, language), of)


def is_outdated(agreement: Agreement) -> bool:
    """Say whether the policy in force says something else than the version by which the agreement was drawn up.

    Both are drawn up anew: what only this program words better than at the time asks nobody to sign again.
    """
    now = policy()
    if agreement.policy_version == now.version.in_force:
        return False
    of = Party(**agreement.particulars)
    former = next((each for each in versions() if each.version.in_force == agreement.policy_version), None)
    before = text_of(agreement.kind, of, agreement.language, former) if former else agreement.text
    return before != text_of(agreement.kind, of, agreement.language, now)


def is_current(agreement: Agreement) -> bool:
    """Say whether an agreement that waits for a signature says what would be drawn up today."""
    return agreement.text == text_of(agreement.kind, party(agreement.partner), agreement.language)
