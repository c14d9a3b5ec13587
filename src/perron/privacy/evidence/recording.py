"""Evidence of what was done with people's data and requests (GDPR art. 5(2)): written with the deed, then only kept."""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from perron.core.clock import now
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.evidence import chain
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.subjects import Subject


class LostHead(Exception):
    """The row that says where the chain ends is gone, so nothing can be added to it."""


_DEED = re.compile(r"[a-z][a-z_]{0,39}")


def record(deed: str, subject: Subject | None, *, by: Actor, about: Mapping[str, JSON]) -> int:
    """Add an entry about `subject` to the chain, and return its number.

    `deed` is an infinitive ("erase", "close_request"). `about` holds what proof needs and no more about anybody. Its
    key "request", a UUID as text, ties the entry to a request: it is kept until the policy's period after the request
    closed (`settle`), everything else until that period after now.

    Call it last in the deed's transaction: others who record wait from here until the commit. Raises
    `TransactionManagementError` outside one, `ValueError` for a deed or an `about` that cannot be recorded.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("Evidence belongs in the transaction of its deed.")
    if not _DEED.fullmatch(deed):
        raise ValueError(f"{deed!r} is no deed: write it as a_z, at most 40 characters")
    head = locked_head()
    return add(head, deed, subject, by=by, about=about)


def settle(request: UUID) -> None:
    """Start the clock for the evidence of a request: it closed (again) now."""
    EvidenceDetail.objects.filter(request_id=request).update(settled_at=now())


@transaction.atomic
def begin_epoch(about: Mapping[str, JSON]) -> int:
    """Begin another epoch, after a restore, with an entry that says from what (`about`); return its number."""
    head = locked_head()
    head.epoch += 1
    return add(head, "begin_epoch", None, by=SYSTEM, about=about)


def locked_head() -> EvidenceHead:
    """Return the end of the chain, locked until the transaction ends. Raises `LostHead`."""
    locked = EvidenceHead.objects.select_for_update().filter(pk=1)
    if found := locked.first():
        return found
    # Looked for again: the very first entry may have come from somebody else in between.
    if EvidenceEntry.objects.exists() and not locked.exists():
        raise LostHead("The evidence has entries and no head: somebody removed it. Run: perron evidence verify")
    fresh = {"hash": chain.BEGINNING, "anchor_hash": chain.BEGINNING}
    EvidenceHead.objects.get_or_create(pk=1, defaults=fresh)
    return locked.get()


def add(head: EvidenceHead, deed: str, subject: Subject | None, *, by: Actor, about: Mapping[str, JSON]) -> int:
    """Add an entry behind `head`, which the caller has locked; for `record` and for what moves the head itself."""
    at = now()
    request = UUID(str(about["request"])) if about.get("request") else None
    if request:
        # One spelling, which verifying looks for.
        about = {**about, "request": str(request)}
    elif '"request":"' in chain.canonical(about):
        raise ValueError("“request” names the entry's own request: put it at the top of what is recorded")
    detail = EvidenceDetail(
        sequence=head.sequence + 1,
        salt=chain.new_salt(),
        subject_kind=subject.kind if subject else "",
        subject_id=subject.id if subject else None,
        by_kind=by.kind,
        by_id=by.id,
        about=chain.canonical(about),
        request_id=request,
    )
    detail.settled_at = _settled(detail.request_id, at)
    entry = EvidenceEntry(
        sequence=detail.sequence,
        epoch=head.epoch,
        at=chain.moment(at),
        deed=deed,
        commitment=commitment_of(detail),
        previous=head.hash,
    )
    entry.hash = chain.link((entry.sequence, entry.epoch, entry.at, deed, entry.commitment, entry.previous))
    entry.save(force_insert=True)
    detail.save(force_insert=True)
    head.sequence, head.hash = entry.sequence, entry.hash
    head.save()
    return entry.sequence


def commitment_of(detail: EvidenceDetail) -> str:
    """Return the commitment to a detail as it is stored."""
    who, by = (detail.subject_kind, detail.subject_id), (detail.by_kind, detail.by_id)
    return chain.commitment(detail.salt, who, by, detail.about)


def _settled(request: UUID | None, at: datetime) -> datetime | None:
    """Return when the clock of an entry starts: at once, unless it belongs to a request that is still open."""
    if request is None:
        return at
    closed = EvidenceDetail.objects.filter(request_id=request, settled_at__isnull=False).exists()
    return at if closed else None
