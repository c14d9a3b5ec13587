"""The chain written out, for somebody else to verify with a program of their own. It says nothing about anybody."""

import json
from collections.abc import Iterator

from perron.privacy.evidence.tables import EvidenceEntry

COLUMNS = ("sequence", "epoch", "at", "deed", "commitment", "previous", "hash")


def lines() -> Iterator[str]:
    """Yield one JSON object per entry, oldest first, each with its line end."""
    for entry in EvidenceEntry.objects.order_by("sequence").values(*COLUMNS).iterator(chunk_size=5_000):
        yield json.dumps(entry) + "\n"
