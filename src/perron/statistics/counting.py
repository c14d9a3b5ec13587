"""What is counted: pages opened, per platform, page and day. Nothing about who opened them ever gets here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F

from perron.privacy.tenancy.scope import as_program
from perron.statistics.models import PageCount

# So that a flush never holds the database for long.
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that was opened: of which platform, of which community if of one, and which page (`PageCount.page`)."""

    platform: UUID
    community: UUID | None
    page: str

    def __str__(self) -> str:
        """Write it as one word for a header; `read` understands it."""
        return f"{self.platform}/{self.community or ''}/{self.page}"

    @classmethod
    def read(cls, text: str) -> "Opened":
        """Return what `str()` wrote. Raises `ValueError`."""
        platform, community, page = text.split("/", 2)
        return cls(UUID(platform), UUID(community) if community else None, page)


@as_program
def add(counts: Mapping[tuple[Opened, date], int]) -> None:
    """Add to the stored counts; safe from several processes at once."""
    # In one order everywhere, so that two processes cannot wait for each other.
    entries = sorted(counts.items(), key=lambda entry: (str(entry[0][0]), entry[0][1]))
    for first in range(0, len(entries), _BATCH):
        batch = entries[first : first + _BATCH]
        with transaction.atomic():
            PageCount.objects.bulk_create([_row(opened, day) for (opened, day), _ in batch], ignore_conflicts=True)
            for (opened, day), number in batch:
                row = PageCount.objects.filter(platform=opened.platform, page=opened.page, day=day)
                row.update(number=F("number") + number)


def _row(opened: Opened, day: date) -> PageCount:
    return PageCount(platform_id=opened.platform, community_id=opened.community, page=opened.page, day=day)
