"""What the rules on rights requests must know of the operator's staff and of partners (`privacy.requests`)."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from perron.accounts.models import Person
from perron.communities.access import Role, is_operator
from perron.communities.models import Member, Partner
from perron.privacy.requests.permitting import Knowledge, Reader, Tenant, known_by
from perron.privacy.subjects import Subject


def answer_privacy() -> None:
    """Have `privacy` ask here who handles requests, for whom data are processed, and how partners are reached."""
    known_by(
        Knowledge(is_staff=_is_staff, administers=_administers, staff=_staff, reachable=_reachable, tenants=_tenants)
    )


def _is_staff(person: UUID) -> bool:
    found = Person.objects.filter(pk=person).first()
    return found is not None and is_operator(found)


def _administers(person: UUID, partner: UUID) -> bool:
    return _administrators(partner).filter(person=person).exists()


def _staff() -> Sequence[Reader]:
    return _readers(Q(community=None, partner=None))


def _reachable(partner: UUID) -> Sequence[Reader]:
    return _readers(Q(partner=partner))


def _tenants(subject: Subject, activity: str) -> Sequence[Tenant]:  # noqa: ARG001 every activity of an account is its partners'
    """Return the partners for which an account works; an address alone belongs to no partner yet."""
    if subject.kind != "person":
        return ()
    works = Q(members__person=subject.id) | Q(communities__members__person=subject.id)
    return [Tenant(partner.pk, partner.name) for partner in Partner.objects.filter(works).distinct().order_by("name")]


def _administrators(partner: UUID) -> QuerySet[Member]:
    return Member.objects.filter(partner=partner, role=Role.ADMINISTRATOR, person__is_active=True)


def _readers(scope: Q) -> Sequence[Reader]:
    members = Member.objects.filter(scope, role=Role.ADMINISTRATOR, person__is_active=True).select_related("person")
    return [Reader(member.person.email, member.person.language, member.person_id) for member in members]
