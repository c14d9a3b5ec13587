"""What residents were told when a text was corrected."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from perron.publishing.models import Item, Release


@dataclass(frozen=True)
class Correction:
    """A correction: when, and what was said of it, per language; nothing, where nobody said anything."""

    at: datetime
    words: dict[str, str]


def corrections_of(items: Sequence[Item]) -> dict[UUID, list[Correction]]:
    """Return the corrections of these items, the first one first, in one query."""
    rows = Release.objects.filter(item__in=items, what=Release.What.CORRECTED, undone_by=None).order_by("at")
    found: dict[UUID, list[Correction]] = defaultdict(list)
    for item, at, words in rows.values_list("item_id", "at", "notice"):
        found[item].append(Correction(at, words))
    return found
