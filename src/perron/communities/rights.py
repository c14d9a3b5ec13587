"""What the rules on rights requests must know of the operator's staff and of partners (`privacy.requests`).

Whoever asks, somebody without an account too, the answers are the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from perron.accounts.models import Person
from perron.communities.access import Scope, holders
from perron.communities.models import Partner
from perron.communities.permissions import ANSWER_FOR_PARTNER, HANDLE_REQUESTS, KEEP_BREACHES, Permission
from perron.privacy.declaring import Activity
from perron.privacy.requests.permitting import Knowledge, Reader, Tenant, known_by
from perron.privacy.subjects import Subject, of_person
from perron.privacy.tenancy.scope import as_program


def answer_privacy() -> None:
    """Have `privacy` ask here who handles requests and breaches, for whom data are processed, how to reach partners."""
    known_by(
        Knowledge(
            handles=_handles,
            keeps_breaches=_keeps_breaches,
            answers_for=_answers_for,
            handlers=_handlers,
            breach_keepers=_breach_keepers,
            reachable=_reachable,
            tenants=_tenants,
        )
    )


@as_program
def account_at(partner: Partner, email: str) -> Subject | None:
    """Return the account with this address, if its data are this partner's too."""
    person = Person.objects.filter(email=email.strip().lower()).first()
    subject = of_person(person.pk) if person else None
    theirs = subject and partner.pk in {tenant.id for tenant in _tenants(subject, Activity.ACCOUNTS)}
    return subject if theirs else None


@as_program
def _handles(person: UUID) -> bool:
    return holders(HANDLE_REQUESTS).filter(pk=person).exists()


@as_program
def _keeps_breaches(person: UUID) -> bool:
    return holders(KEEP_BREACHES).filter(pk=person).exists()


@as_program
def _answers_for(person: UUID, partner: UUID) -> bool:
    found = Partner.objects.filter(pk=partner).first()
    return found is not None and holders(ANSWER_FOR_PARTNER, found).filter(pk=person).exists()


@as_program
def _handlers() -> Sequence[Reader]:
    return _readers(HANDLE_REQUESTS)


@as_program
def _breach_keepers() -> Sequence[Reader]:
    return _readers(KEEP_BREACHES)


@as_program
def _reachable(partner: UUID) -> Sequence[Reader]:
    found = Partner.objects.filter(pk=partner).first()
    page = f"/desk/partners/{found.slug}/" if found else ""
    return [replace(reader, page=page) for reader in _readers(ANSWER_FOR_PARTNER, found)] if found else ()


@as_program
def _tenants(subject: Subject, activity: str) -> Sequence[Tenant]:
    """Return the partners for which an account works, and for its own activity those on whose platforms it was opened.

    An address alone belongs to no partner yet.
    """
    if subject.kind != "person":
        return ()
    works = Q(members__person=subject.id) | Q(communities__members__person=subject.id)
    if activity == Activity.ACCOUNTS:
        works |= Q(platforms__enrolments__person=subject.id)
    return [Tenant(partner.pk, partner.name) for partner in Partner.objects.filter(works).distinct().order_by("name")]


def _readers(permission: Permission, at: Scope = None) -> Sequence[Reader]:
    return [Reader(person.email, person.language, person.pk) for person in holders(permission, at)]
