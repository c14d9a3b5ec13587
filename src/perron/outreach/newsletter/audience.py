"""Whom a campaign reaches: those of one basis of the policy's activity E, walked by their keys, and never of two.

On consent: who asked for the newsletter, and accounts that agreed to it. On legitimate interest: clients and accounts,
as far as the basis names them, who never refused; a consent that somebody gave after refusing makes them a reader by
consent, and not one of these again. Who is reached by several rows with the same address gets one message.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.contracting.clients import clients
from perron.core.errors import Refused
from perron.outreach.newsletter.tables import NewsReader
from perron.privacy import consents, objections, reasons, restrictions, standing
from perron.privacy.among import Keys
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.values import Basis
from perron.privacy.subjects import Subject, of_person
from perron.privacy.tenancy.scope import as_program
from perron.privacy.wishes import Consent

E = Activity.PROMOTION
_ACCOUNTS, _CLIENTS = "account_holder", "client"
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who can be reached: `id` is that of the row that says so."""

    id: UUID
    subject: Subject
    email: str
    language: str


def bases() -> list[Basis]:
    """Return the bases of the policy that have an audience here; none where it has no activity E."""
    if not policy().does(E):
        return []
    return [each for each in policy().activities[E].bases if by_consent(each) or _sorts(each)]


def basis_named(name: str) -> Basis:
    """Return one of them. Raises `Refused` for what the policy in force does not have."""
    found = next((each for each in bases() if each.id == name), None)
    if found is None:
        raise Refused(_("The policy in force names no such audience. Choose another."))
    return found


def by_consent(basis: Basis) -> bool:
    """Say whether its readers are those who agreed."""
    return basis.ground == "consent"


@as_program
def walk(basis: Basis, *, after: UUID | None, most: int) -> list[Reader]:
    """Return the next `most` whom the basis reaches now, in the order of their rows, from the one behind `after`.

    Fewer only at the end: who may not be written to does not count.
    """
    found: list[Reader] = []
    while len(found) < most:
        batch = _next(basis, after, most)
        found += _reached(basis, batch)
        if len(batch) < most:
            break
        after = batch[-1].id
    return found[:most]


def count(basis: Basis) -> int:
    """Return how many the basis reaches now."""
    number, after = 0, None
    while batch := walk(basis, after=after, most=_BATCH):
        number += len(batch)
        after = batch[-1].id
        if len(batch) < _BATCH:
            break
    return number


@as_program
def by_id(rows: Collection[UUID]) -> Mapping[UUID, Reader]:
    """Return those of these rows that are still there."""
    found = [each for kind in _everybody() for each in _readers(kind.filter(pk__in=rows))]
    return {each.id: each for each in found}


def _next(basis: Basis, after: UUID | None, most: int) -> list[Reader]:
    """Return who may belong to it. Identifiers are one sequence, whichever table has them: so one cursor is enough."""
    found: list[Reader] = []
    for rows in _candidates(basis):
        behind = rows.filter(pk__gt=after) if after else rows
        found += _readers(behind.order_by("pk")[:most])
    return sorted(found, key=lambda each: each.id)[:most]


def _candidates(basis: Basis) -> list[QuerySet]:  # type: ignore[type-arg]
    if by_consent(basis):
        agreed = Consent.objects.filter(subject_id=OuterRef("pk"), activity=E, given=True, ended_at=None)
        persons = _open_accounts().filter(Exists(agreed))
        return [persons, _without(NewsReader.objects.all(), persons)]
    sorts = _sorts(basis)
    persons = _open_accounts() if _ACCOUNTS in sorts else Person.objects.none()
    contacts = clients()
    earlier = contacts.filter(subject_id=OuterRef("subject_id"), pk__lt=OuterRef("pk"))
    contacts = contacts.filter(~Exists(earlier)) if _CLIENTS in sorts else contacts.none()
    return [persons, _without(contacts, persons)]


def _without(rows: QuerySet, persons: QuerySet[Person]) -> QuerySet:  # type: ignore[type-arg]
    """Leave out the addresses that accounts among these have: accounts have theirs in small letters."""
    theirs = Exists(persons.filter(email=OuterRef("small")))
    without: QuerySet = rows.alias(small=Lower("email")).filter(~theirs)  # type: ignore[type-arg]
    return without


def _reached(basis: Basis, batch: Sequence[Reader]) -> list[Reader]:
    """Leave out who is restricted, refused, or has not agreed. Whoever gets it needs a clearance then all the same."""
    subjects = [each.subject for each in batch]
    keys = Keys.of(subject.id for subject in subjects)
    if by_consent(basis):
        against = reasons.find(subjects, E, at_their_request=False)
        agreed = consents.among(keys, E)
        return [each for each in batch if each.subject not in against and each.subject.id.hex in agreed]
    # As whom they stand is known: by that they were found.
    by_kind: dict[str, list[str]] = {"person": [], "address": []}
    for each in batch:
        by_kind[each.subject.kind].append(each.subject.id.hex)
    known = standing.Standings(by_kind, addresses={each.subject.id.hex: each.email for each in batch})
    left_alone = restrictions.among(keys) | objections.among(keys, E, known)
    return [each for each in batch if each.subject.id.hex not in left_alone]


def _readers(rows: QuerySet) -> list[Reader]:  # type: ignore[type-arg]
    if rows.model is Person:
        return [Reader(pk, of_person(pk), email, language) for pk, email, language in rows.values_list(*_PERSON)]
    return [Reader(pk, Subject("address", subject), email, language)
            for pk, subject, email, language in rows.values_list(*_ADDRESS)]  # fmt: skip


_PERSON = ("pk", "email", "language")
_ADDRESS = ("pk", "subject_id", "email", "language")


def _everybody() -> list[QuerySet]:  # type: ignore[type-arg]
    return [_open_accounts(), NewsReader.stored.all(), clients()]


def _open_accounts() -> QuerySet[Person]:
    return Person.objects.filter(is_active=True)


def _sorts(basis: Basis) -> set[str]:
    return {_ACCOUNTS, _CLIENTS} & set(basis.subjects) if basis.ground == "legitimate_interest" else set()
