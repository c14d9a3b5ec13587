"""What every document made from a policy consists of: parts, facts, statements. Doors give them their looks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _

from perron.privacy.policy.texts import Texts
from perron.privacy.policy.values import Body


@dataclass(frozen=True)
class Said:
    """One statement, with the address that it leads to, if any."""

    text: str
    href: str = ""


# Facts whose values are things by name; those of all others are sentences.
_LISTS = {"subjects", "categories", "recipients"}


@dataclass(frozen=True)
class Fact:
    """What a part says under one heading. `id` is the same in every language and version."""

    id: str
    label: str
    values: tuple[Said, ...]

    @property
    def is_list(self) -> bool:
        """Whether the values are things by name, to be read in one line, and not sentences."""
        return self.id in _LISTS and len(self.values) > 1


@dataclass(frozen=True)
class Part:
    """A part of a document; `id` is its anchor: an activity's identifier, or a word.

    `sort` tells the operator's activities from the services that it does for partners, and both from the rest.
    """

    id: str
    title: str
    lead: str
    facts: tuple[Fact, ...] = ()
    sort: Literal["plain", "activity", "service"] = "plain"


def facts(*stated: tuple[str, str, Sequence[str | Said]]) -> tuple[Fact, ...]:
    """Return a fact for each (id, label, values); empty values, and facts without any, are left out."""
    made = (
        Fact(id_, label, tuple(each if isinstance(each, Said) else Said(each) for each in values if each))
        for id_, label, values in stated
    )
    return tuple(fact for fact in made if fact.values)


def body_facts(body: Body, words: Texts) -> tuple[Fact, ...]:
    """Return who an organisation is and how to reach it (GDPR art. 13(1)(a))."""
    return facts(
        ("name", _("Name"), [body.name]),
        ("address", _("Address"), [words.address(body)]),
        ("enterprise_number", _("Enterprise number"), [body.enterprise_number]),
        ("email", _("E-mail"), [Said(body.email, f"mailto:{body.email}")] if body.email else []),
        ("telephone", _("Telephone"), [Said(body.telephone, _tel(body.telephone))] if body.telephone else []),
        ("website", _("Website"), [Said(body.website, body.website)] if body.website else []),
    )


def _tel(number: str) -> str:
    return f"tel:{number.replace(' ', '')}"
