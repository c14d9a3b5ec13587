"""Unsubscribing, from one community or all. The address goes with the last subscription; by mail, each is acknowledged,
on a device the page says so."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from perron.audience.models import Recipient, Subscription
from perron.letters import writing
from perron.privacy import journal
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import entry, record_many
from perron.privacy.declaring import Delete
from perron.privacy.evidence import recording
from perron.privacy.leaving import delete, take
from perron.privacy.subjects import Subject
from perron.privacy.tenancy.scope import as_program


@as_program
def unsubscribe(recipient: Recipient, *, community: UUID | None = None, acknowledged: bool = True) -> int:
    """End a recipient's subscription to one community, or all; return how many ended: none, if they had ended before.

    A letter acknowledges it where there is an address for one (Belgian royal decree of 4 April 2003), unless
    `acknowledged` says not to: to whom a message of ours was junk, the letter would be too. The journal repeats it
    after a restore.
    """
    with transaction.atomic():
        # Two presses at once: the second finds nothing left.
        if not Recipient.stored.select_for_update().filter(pk=recipient.pk).exists():
            return 0
        rows = list(_subscriptions(recipient.subject_id, community).select_related("community"))
        if not rows:
            return 0
        by = Actor("address", recipient.subject_id)
        if acknowledged and recipient.email:
            _acknowledge(recipient, rows, by=by)
        record_many([entry("unsubscribe", row, by=by, tenant=row.community_id) for row in rows])
        forget(recipient.subject_id, community)
        journal.write("unsubscribe", recipient.subject, community=str(community or ""))
        ended = [str(row.community_id) for row in rows]
        recording.record("unsubscribe", recipient.subject, by=by, about={"communities": ended})
    return len(rows)


def _acknowledge(recipient: Recipient, rows: list[Subscription], *, by: Actor) -> None:
    writing.write(
        "subscription-ended",
        to=recipient.email,
        subject=recipient.subject,
        language=recipient.language,
        context={"communities": [row.community.name_in(recipient.language) for row in rows]},
        by=by,
    )


def forget(subject_id: UUID, community: UUID | None) -> None:
    """Delete the subscriptions of an address to a community, or all of them, and with the last one the address."""
    delete(_subscriptions(subject_id, community))
    if not _subscriptions(subject_id, None).exists():
        take(Recipient.stored.filter(subject_id=subject_id), Delete(), "erasure")


@as_program
def forget_gone(recipients: Collection[UUID]) -> None:
    """Let go of recipients who cannot be reached any more, as the other side said. After a restore it says so again."""
    if not recipients:
        return
    with transaction.atomic():
        found = Recipient.stored.select_for_update().filter(pk__in=recipients)
        gone = list(found.values_list("pk", flat=True))
        rows = Subscription.stored.filter(recipient__in=gone)
        record_many([entry("end what reaches nobody", row, by=SYSTEM, tenant=row.community_id) for row in rows])
        delete(rows)
        take(Recipient.stored.filter(pk__in=gone), Delete(), "erasure")


def _subscriptions(subject_id: UUID, community: UUID | None) -> QuerySet[Subscription]:
    rows = Subscription.stored.filter(recipient__subject_id=subject_id)
    return rows.filter(community=community) if community else rows


@journal.replays("unsubscribe")
def _unsubscribe_again(subject: Subject, detail: Mapping[str, str]) -> None:
    forget(subject.id, UUID(detail["community"]) if detail["community"] else None)
