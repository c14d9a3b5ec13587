"""What a clearance costs in a batch of 100,000 for promotion, where every rule has a say.

On SQLite, and on the empty PostgreSQL database that PERRON_BENCH_DATABASE names, if it does.
"""

import os
from collections.abc import Iterator
from uuid import UUID

if address := os.environ.get("PERRON_BENCH_DATABASE"):
    os.environ["PERRON_DATABASE"] = address

import django

django.setup()

import time  # noqa: E402

from django.db import connection  # noqa: E402

from bench.rows import Row, at_most  # noqa: E402
from perron.accounts.models import Person  # noqa: E402
from perron.core.clock import now, today  # noqa: E402
from perron.core.identifiers import uuid7  # noqa: E402
from perron.privacy import subjects  # noqa: E402
from perron.privacy.clearing import clear_many  # noqa: E402
from perron.privacy.declaring import Activity  # noqa: E402
from perron.privacy.models import Addressee, Consent, Objection, Restriction, Stop  # noqa: E402
from perron.privacy.subjects import Subject  # noqa: E402
from perron.project.preparing import prepare  # noqa: E402

_BATCH = 100_000
_ROUNDS = 5
# All that SQLite does is done in this process, where other processes of the machine are not counted.
_TIME = ("processor time", time.process_time) if connection.vendor == "sqlite" else ("elapsed", time.perf_counter)


def rows() -> list[Row]:
    """Return the cost of one clearance, the least of several rounds: account holders, and strangers who agreed."""
    prepare()
    engine = f"{connection.vendor}, {_TIME[0]}"
    return [
        at_most(f"clearance, {_BATCH:,} account holders, {engine}", _microseconds(list(_holders())), "µs", 10),
        at_most(f"clearance, {_BATCH:,} subscribers, {engine}", _microseconds(list(_subscribers())), "µs", 10),
    ]


def _microseconds(batch: list[Subject]) -> float:
    """Return how long one clearance takes; in each batch one in ten objected, one in a hundred is restricted."""
    least = float("inf")
    for _ in range(_ROUNDS):
        begin = _TIME[1]()
        cleared, refused = clear_many(batch, Activity.PROMOTION)
        least = min(least, _TIME[1]() - begin)
        assert len(cleared) + len(refused) == len(batch)
        assert 0.1 < len(refused) / len(batch) < 0.12
    return least / len(batch) * 1e6


def _holders() -> Iterator[Subject]:
    people = [Person(email=f"holder-{number}@example.org", password="!") for number in range(_BATCH)]
    Person.objects.bulk_create(people, batch_size=5_000)
    _wish("person", [(person.pk, person.email) for person in people])
    yield from (subjects.of_person(person.pk) for person in people)


def _subscribers() -> Iterator[Subject]:
    emails = [f"subscriber-{number}@example.org" for number in range(_BATCH)]
    known = [Addressee(fingerprint=mark) for mark in subjects.fingerprints(emails)]
    Addressee.objects.bulk_create(known, batch_size=5_000)
    Consent.objects.bulk_create(
        (Consent(subject_kind="address", subject_id=each.pk, activity="E", basis="others", given=True, of_age=18,
                 policy_version=today().replace(year=2026, month=11, day=1), wording="Yes", language="fr", form="f")
         # An objection ends the consents that came before it.
         for place, each in enumerate(known) if place % 10), batch_size=5_000)  # fmt: skip
    _wish("address", list(zip((each.pk for each in known), emails, strict=True)))
    yield from (Subject("address", each.pk) for each in known)


def _wish(kind: str, who: list[tuple[UUID, str]]) -> None:
    at = now()
    objectors, restricted = who[::10], who[5::100]
    Objection.objects.bulk_create(
        Objection(subject_kind=kind, subject_id=each, activity="E", raised_at=at, state="upheld")
        for each, _ in objectors
    )
    Stop.objects.bulk_create(
        Stop(id=uuid7(), fingerprint=mark, activity="E")
        for mark in subjects.fingerprints(email for _, email in objectors)
    )
    Restriction.objects.bulk_create(
        Restriction(subject_kind=kind, subject_id=each, ground="accuracy") for each, _ in restricted
    )
