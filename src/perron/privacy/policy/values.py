"""The policy as values: frozen, typed, with every identifier spelt as in `policy.toml` (`docs/policy.md`).

Words for people are not here but in `texts.Texts`, one per language.
"""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, dataclass_transform

from pydantic import AfterValidator, BeforeValidator, ConfigDict, StringConstraints
from pydantic.dataclasses import dataclass

from perron.privacy.policy.periods import Period


def _written(form: str, remedy: str) -> AfterValidator:
    """Check how something is written; the fault says what to write."""

    def check(text: str) -> str:
        if not re.fullmatch(form, text):
            raise ValueError(f"{text!r} {remedy}")
        return text

    return AfterValidator(check)


type Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
type Country = Annotated[str, _written("[A-Z]{2}", "is no country; write its two capitals, such as BE")]
type Https = Annotated[
    str, _written(r"https://[^/\s]+\S*", "is no address of a page; write one that begins with https://")
]
type Email = Annotated[str, _written(r"[^@\s]+@[^@\s]+\.[^@\s]+", "is no e-mail address; look at its spelling")]
type Telephone = Annotated[
    str, _written(r"\+[0-9][0-9 ]+[0-9]", "is no telephone number; write it with its country, such as +32 2 274 48 00")
]
type Language = Literal["fr", "nl", "de", "en"]
type IsoPeriod = Annotated[Period, BeforeValidator(lambda iso: iso if isinstance(iso, Period) else Period.parse(iso))]
type Role = Literal["controller", "joint", "processor"]
type Ground = Literal["contract", "legal_obligation", "legitimate_interest", "consent", "instructions"]


@dataclass_transform(kw_only_default=True, frozen_default=True)
def value[T](cls: type[T]) -> type[T]:
    """Make a frozen dataclass that checks the types of what it is given and refuses unknown keys."""
    return dataclass(cls, frozen=True, kw_only=True, config=ConfigDict(extra="forbid"))  # type: ignore[return-value]


@value
class Version:
    """One version of the policy: when it was announced and from which day it is in force."""

    announced: date
    in_force: date


@value
class Body:
    """An organisation and how to reach it (GDPR art. 13(1)(a)): the operator, a representative, the authority."""

    name: Words
    street: Words
    postal_code: Words
    locality: Words
    country: Country
    email: Email | Literal[""] = ""
    telephone: Telephone | Literal[""] = ""
    website: Https | Literal[""] = ""
    enterprise_number: str = ""


@value
class Authority:
    """The supervisory authority, with its pages on rights and on complaints (GDPR art. 13(2)(d))."""

    body: Body
    rights_page: Https
    complaint_page: Https


@value
class Basis:
    """On what an activity rests, for which subjects. `citation` names the article and point."""

    id: Words
    ground: Ground
    citation: Words
    subjects: tuple[Words, ...]


@value
class Retention:
    """How long: `period` after the moment that `trigger` names; without a period, data go at that moment.

    `reasons` say why it is long. `citation` names the law that demands it, or is "". `or_as_law_requires`: where a law
    asks for another time, that one counts. `contract_may_shorten`: the partner, as controller, may agree a shorter one.
    """

    trigger: Words
    period: IsoPeriod | None = None
    reasons: tuple[Words, ...] = ()
    citation: str = ""
    or_as_law_requires: bool = False
    contract_may_shorten: bool = False


@value
class Activity:
    """One processing activity (GDPR art. 30(1); 30(2) where `role` is "processor").

    `personal` is False where nobody's data are touched (A, H). `from_source` is False for what the operator's
    published policy does not name. `required` says whether the service cannot be had without the data. `counterpart` is
    the recipient with whom the operator is controller ("joint") or for whom it processes ("processor"), else "".
    """

    id: Words
    role: Role
    personal: bool
    from_source: bool
    required: bool
    subjects: tuple[Words, ...]
    categories: tuple[Words, ...]
    bases: tuple[Basis, ...]
    recipients: tuple[Words, ...]
    retentions: Mapping[str, Retention]
    counterpart: str = ""


@value
class Recipient:
    """Who receives data: a processor under contract (art. 28), a joint controller (art. 26), or somebody else.

    "staff" are the operator's own people, "group" companies of its own. `agreement` is the contract or arrangement with
    a processor or joint controller. `if_needed`: not always, but where a case asks for it. `name` and `country` are ""
    where the policy names only a category of recipients, as GDPR art. 13(1)(e) allows.
    """

    id: Words
    kind: Literal["processor", "joint", "third_party", "authority", "staff", "group"]
    name: str = ""
    country: Country | Literal[""] = ""
    agreement: str = ""
    if_needed: bool = False


@value
class Storage:
    """Where one kind of store lies: `kind` is "database", "media", "backup" or "mail"."""

    kind: Literal["database", "media", "backup", "mail"]
    recipient: Words
    place: Words
    country: Country


@value
class Transmission:
    """What leaves the places of storage: to whom, on which basis, with which safeguard (GDPR arts 44–49)."""

    id: Words
    recipient: Words
    activities: tuple[Words, ...]
    country: Country
    citation: Words


@value
class Measure:
    """A measure of security (GDPR art. 32)."""

    id: Words
    sort: Literal["physical", "logical", "administrative", "organisational"]


@value
class ThirdParty:
    """A site of somebody else that pages lead to, with its own policy; a social network where `is_network`."""

    id: Words
    name: Words
    policy: Https
    is_network: bool


@value
class Policy:
    """One version of an operator's data-protection policy.

    `languages` are those in which it can be read; it was adopted in the first. `omitted` lists the activities of the
    program that this operator does not carry out: their screens stay closed and nothing of theirs is stored. `rights`
    maps each ground to the rights that follow from it, and "all" to those that everybody has. `passing` holds the short
    retentions that every activity shares (letters, sessions, one-time links). `backups` is how long backups are kept.
    """

    folder: Path
    languages: tuple[Language, ...]
    version: Version
    operator: Body
    representatives: Mapping[str, Body]
    authority: Authority
    laws: tuple[Words, ...]
    age_of_consent: int
    age_citation: Words
    activities: Mapping[str, Activity]
    omitted: tuple[Words, ...]
    recipients: Mapping[str, Recipient]
    storages: Mapping[str, Storage]
    transmissions: Mapping[str, Transmission]
    measures: Mapping[str, Measure]
    rights: Mapping[str, tuple[Words, ...]]
    passing: Mapping[str, Retention]
    third_parties: Mapping[str, ThirdParty]
    backups: IsoPeriod

    # A version is itself: what is derived from it can be kept by it.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def categories(self) -> tuple[str, ...]:
        """Every category of data, in the order in which activities name them."""
        return tuple(dict.fromkeys(c for activity in self.activities.values() for c in activity.categories))

    def does(self, activity: str) -> bool:
        """Say whether the operator carries out this activity."""
        return activity in self.activities

    def retention(self, activity: str, trigger: str) -> Retention:
        """Return how long data of `activity` stay after `trigger`. Raises `KeyError` where the policy does not say."""
        own = self.activities[activity].retentions
        return own[trigger] if trigger in own else self.passing[trigger]
