"""Chains to try things on."""

from datetime import timedelta
from uuid import UUID, uuid4

from django.db import connection

from perron.core import clock
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.evidence.recording import record, settle
from perron.privacy.subjects import Subject

ANNE, BERT = Subject("person", UUID(int=7)), Subject("address", UUID(int=8))
STAFF = Actor("person", UUID(int=9))


def record_some(times: int = 2) -> int:
    """Record four entries each time, of an open request and a closed one among others; return the last number."""
    last = 0
    for turn in range(times):
        closed, still_open = str(uuid4()), str(uuid4())
        with clock.travel(clock.now() + timedelta(minutes=turn)):
            record("receive_request", ANNE, by=STAFF, about={"request": closed, "rights": ["access"]})
            record("receive_request", BERT, by=STAFF, about={"request": still_open})
            record("erase", ANNE, by=SYSTEM, about={"stores": {"privacy.Nothing": 3}})
            last = record("close_request", ANNE, by=STAFF, about={"request": closed})
            settle(UUID(closed))
    return last


def tear_off_the_guards() -> None:
    """Remove the triggers, as whoever owns the database can; the end of the transaction brings them back."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'evidence_%%'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("DROP FUNCTION perron_evidence_stays CASCADE")
