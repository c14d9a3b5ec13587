"""Who of the staff looked at whose data, and why (GDPR arts 5(2), 24, 32): one row for each person that a page shows.

The person reads in `looks_at` when it was, what, for whom the viewer acted and why; not the viewer's name, which the
right of access does not reach (Court of Justice, C-579/21, Pankki S). The data-protection officer reads all of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from perron.core.clock import now
from perron.privacy.acting import Actor
from perron.privacy.among import Keys
from perron.privacy.looks import Look, What
from perron.privacy.policy.current import policy
from perron.privacy.subjects import Subject

# Openings of the same within it are one look.
ONE_LOOK = timedelta(hours=1)
LONGEST_REASON = 300
_MOST = 200


@dataclass(frozen=True)
class Seen:
    """One look, as the person concerned reads it."""

    at: datetime
    what: str
    organisation: str
    why: str


def seen(by: Actor, subjects: Iterable[Subject], *, what: str, why: str = "", on_behalf_of: str = "") -> None:
    """Note that `by` is shown data of `subjects`; call it before they are shown.

    `what` is one of `What`. `on_behalf_of` is the name of the partner for which `by` acts; "" for the operator. What
    was noted within the hour is not noted again, nor is that somebody sees their own data.
    """
    what = What(what)
    own = Subject("person", by.id) if by.kind == "person" and by.id else None
    others = {subject for subject in subjects if subject != own}
    if not others:
        return
    same = {"viewer_kind": by.kind, "viewer_id": by.id, "what": what, "why": why[:LONGEST_REASON]}
    with transaction.atomic():
        lately = Look.objects.filter(
            **same, at__gt=now() - ONE_LOOK, subject_id__among=Keys.of(each.id for each in others)
        )
        known = set(lately.values_list("subject_id", flat=True))
        Look.objects.bulk_create(
            Look(subject_kind=each.kind, subject_id=each.id, on_behalf_of=on_behalf_of[:120], **same)
            for each in sorted(others, key=lambda subject: subject.id)
            if each.id not in known
        )


def looks_at(subject: Subject) -> list[Seen]:
    """Return who looked at somebody's data, the newest first, at most 200, in the active language."""
    rows = Look.objects.filter(subject_id=subject.id).order_by("-at")[:_MOST]
    operator = policy().operator.name
    return [Seen(row.at, row.get_what_display(), row.on_behalf_of or operator, row.why) for row in rows]
