"""How many entries of evidence are verified in a second, details included; in an installation of their own."""

import json
import time
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

import django

from bench.rows import Row

ENTRIES = 300_000
_ROUNDS = 5


def rows() -> list[Row]:
    """Return the row; what is verified has a detail with each entry, which is the slower case."""
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 only once Django is set up

    from perron.privacy.evidence.verifying import verify  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    _record()
    speeds = []
    for _ in range(_ROUNDS):
        begin = time.perf_counter()
        report = verify()
        speeds.append(report.entries / (time.perf_counter() - begin))
        assert report.whole
        assert report.entries == ENTRIES
    speed = median(speeds)
    name = f"evidence verify, {ENTRIES:,} entries with their details"
    return [Row(name=name, value=round(speed), unit="entries/s", target="≥ 100,000 entries/s", met=speed >= 100_000)]


def _record() -> None:
    """Write the chain as `record` would, without a transaction for each entry."""
    from perron.privacy.acting import Actor  # noqa: PLC0415
    from perron.privacy.evidence import chain  # noqa: PLC0415
    from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead  # noqa: PLC0415

    by = Actor("person", UUID(int=9))
    begin, previous = datetime(2026, 1, 1, tzinfo=UTC), chain.BEGINNING
    entries, details = [], []
    for number in range(1, ENTRIES + 1):
        at, subject = begin + timedelta(seconds=number), UUID(int=number)
        about = json.dumps({"request": str(subject)}, separators=(",", ":"))
        salt = chain.new_salt()
        committed = chain.commitment(salt, ("person", subject), (by.kind, by.id), about)
        moment = chain.moment(at)
        own = chain.link((number, 1, moment, "close_request", committed, previous))
        entries.append(EvidenceEntry(sequence=number, epoch=1, at=moment, deed="close_request", commitment=committed,
                                     previous=previous, hash=own))  # fmt: skip
        details.append(EvidenceDetail(sequence=number, salt=salt, subject_kind="person", subject_id=subject,
                                      about=about, by_kind=by.kind, by_id=by.id, request_id=subject,
                                      settled_at=at))  # fmt: skip
        previous = own
    EvidenceEntry.objects.bulk_create(entries, batch_size=10_000)
    EvidenceDetail.objects.bulk_create(details, batch_size=10_000)
    EvidenceHead.objects.create(sequence=ENTRIES, hash=previous, anchor_hash=chain.BEGINNING)


if __name__ == "__main__":
    print(rows())
