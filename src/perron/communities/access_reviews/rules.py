"""Once a year, who administers something looks whether everybody in its list still belongs there.

The worker asks: by a letter, and by a notice that stays until it is done. Each member is confirmed or ended; the trail
says which, and by whom. What is not done a month later is overdue, which the operator sees in the desk.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils.translation import gettext as _
from pydantic import JsonValue

from perron.accounts.models import Person
from perron.communities.access import Scope, holders, level_of, permit
from perron.communities.access_reviews.tables import AccessReview
from perron.communities.membership import columns_of, end, members_of, tenant_of
from perron.communities.models import Community, Member, Partner
from perron.communities.permissions import MANAGES
from perron.communities.roles import Level
from perron.core.clock import now
from perron.core.errors import Conflict
from perron.letters.writing import compose, write_many
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record
from perron.privacy.subjects import of_person

EVERY = timedelta(days=365)
PATIENCE = timedelta(days=30)
_AT_ONCE = 100


def ask_for_reviews() -> int:
    """Ask of each scope whose last review, or whose first member, is a year ago; return of how many. By the worker."""
    asked = 0
    for scope in list(_due(now() - EVERY)):
        with transaction.atomic():
            _lock(scope)
            # Another worker may have asked in the meantime.
            if _latest(scope).filter(asked_at__gt=now() - EVERY).exists():
                continue
            review = AccessReview.objects.create(**columns_of(scope))
            record("ask for access review", review, by=SYSTEM, tenant=tenant_of(scope))
            _write(scope)
            asked += 1
    return asked


def open_review(at: Scope) -> AccessReview | None:
    """Return the review that waits to be done at this scope."""
    return _latest(at).filter(done_at=None).first()


def is_overdue(review: AccessReview) -> bool:
    """Say whether a month has passed since it was asked for."""
    return review.asked_at <= now() - PATIENCE


def overdue() -> QuerySet[AccessReview]:
    """Return the reviews that were asked for more than a month ago and are not done, the oldest first."""
    late = AccessReview.objects.filter(done_at=None, asked_at__lte=now() - PATIENCE)
    return late.select_related("community", "partner").order_by("asked_at")


def review(at: Scope, *, keep: Collection[UUID], ending: Collection[UUID], by: Actor) -> None:
    """Confirm the members `keep` of a scope and end those of `ending` (keys of `Member`), all or nothing.

    Raises `NotAllowed`; `Conflict` where the list is another one by now; `Refused` where nobody would administer it.
    """
    permit(by, MANAGES[level_of(at)], at)
    with transaction.atomic():
        _lock(at)
        members = list(members_of(at))
        if {member.pk for member in members} != {*keep, *ending}:
            raise Conflict(_("The list of members has changed in the meantime. Look at it again."))
        for member in members:
            if member.pk in ending:
                end(member, by=by)
            else:
                record("confirm access", member, by=by, tenant=tenant_of(at), role=member.role)
        found = open_review(at) or AccessReview(**columns_of(at))
        found.done_at = now()
        found.save()
        _latest(at).filter(done_at=None).update(done_at=found.done_at)
        record("review access", found, by=by, tenant=tenant_of(at), kept=len(set(keep)), ended=len(set(ending)))


def page_of(at: Scope) -> str:
    """Return the address at which the members of a scope are reviewed, which the desk keeps."""
    match at:
        case Community():
            return f"/desk/communities/{at.slug}/members/review/"
        case Partner():
            return f"/desk/partners/{at.slug}/members/review/"
        case _:
            return "/desk/members/review/"


def _due(long_ago: datetime) -> Iterator[Scope]:
    first, last = Min("members__since"), Max("access_reviews__asked_at")
    late = Q(first__lte=long_ago) & (Q(last=None) | Q(last__lte=long_ago))
    operators = Member.objects.filter(community=None, partner=None).aggregate(first=Min("since"))["first"]
    if operators and operators <= long_ago and not _latest(None).filter(asked_at__gt=long_ago).exists():
        yield None
    yield from Partner.objects.annotate(first=first, last=last).filter(late).order_by("pk")[:_AT_ONCE]
    yield from Community.objects.annotate(first=first, last=last).filter(late).order_by("pk")[:_AT_ONCE]


def _latest(at: Scope) -> QuerySet[AccessReview]:
    return AccessReview.objects.filter(**columns_of(at)).order_by("-asked_at")


def _lock(at: Scope) -> None:
    """Hold the scope's members until the end of the transaction, so that two do not ask or review at once."""
    list(Member.objects.select_for_update().filter(**columns_of(at)).order_by("pk"))


def _write(at: Scope) -> None:
    letters = []
    for person in _readers(at):
        context: dict[str, JsonValue] = {
            "scope": at.name_in(person.language) if isinstance(at, Community) else str(at or ""),
            "number": members_of(at).count(),
            "link": settings.PERRON_ORIGIN + page_of(at),
        }
        letters.append(
            compose("access-review", to=person.email, subject=of_person(person.pk), language=person.language,
                    context=context)
        )  # fmt: skip
    write_many(letters, by=SYSTEM)


def _readers(at: Scope) -> list[Person]:
    """Return who administers the scope; where nobody does, who administers what is above it."""
    permission = MANAGES[level_of(at)]
    above = {
        Level.COMMUNITY: (Level.COMMUNITY, Level.PARTNER, Level.OPERATOR),
        Level.PARTNER: (Level.PARTNER, Level.OPERATOR),
        Level.OPERATOR: (Level.OPERATOR,),
    }[level_of(at)]
    found = (list(holders(permission, at, level=level)) for level in above)
    return next((people for people in found if people), [])
