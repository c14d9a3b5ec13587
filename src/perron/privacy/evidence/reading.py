"""Evidence as those read it who may: the operator's data-protection staff, and what they hand to the authority."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry


@dataclass(frozen=True)
class Told:
    """An entry with its detail. `salt`, `commitment` and `hash` prove to somebody else that it is what was recorded."""

    sequence: int
    at: datetime
    deed: str
    subject: UUID | None
    by_kind: str
    by: UUID | None
    about: dict[str, JSON]
    text: str
    salt: str
    commitment: str
    hash: str


def told_of(ids: Collection[UUID], *, most: int = 500) -> list[Told]:
    """Return what is recorded about subjects or requests of these identifiers, newest first, at most `most` entries."""
    found = Q(subject_id__in=ids) | Q(request_id__in=ids)
    details = EvidenceDetail.objects.filter(found).order_by("-sequence")[:most]
    entries = EvidenceEntry.objects.in_bulk([detail.sequence for detail in details])
    return [_told(entries[detail.sequence], detail) for detail in details if detail.sequence in entries]


def _told(entry: EvidenceEntry, detail: EvidenceDetail) -> Told:
    return Told(
        sequence=entry.sequence,
        at=datetime.fromisoformat(entry.at),
        deed=entry.deed,
        subject=detail.subject_id,
        by_kind=detail.by_kind,
        by=detail.by_id,
        about=json.loads(detail.about),
        text=detail.about,
        salt=detail.salt,
        commitment=entry.commitment,
        hash=entry.hash,
    )
