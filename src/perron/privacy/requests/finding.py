"""Requests as they are looked for: whose, open, late, by what staff read on a letter."""

from collections.abc import Iterable
from datetime import date

from django.db.models import F, QuerySet

from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Request, State
from perron.privacy.subjects import Subject


def subject_of(row: Request) -> Subject | None:
    """Return whose data a request is about; None where nothing can be tied to the person (GDPR art. 11)."""
    if row.subject_id is None:
        return None
    return Subject("person" if row.subject_kind == "person" else "address", row.subject_id)


def of_subjects(subjects: Iterable[Subject]) -> QuerySet[Request]:
    """Return the requests of somebody, newest first."""
    return Request.objects.filter(subject_id__in=[subject.id for subject in subjects]).order_by("-id")


def still_open() -> QuerySet[Request]:
    """Return what is to be answered, the most urgent first; what waits for proof of identity comes last."""
    running = Request.objects.filter(state__in=OPEN)
    return running.order_by(F("paused_on").asc(nulls_first=True), "due_on", "id")


def closed() -> QuerySet[Request]:
    """Return what was closed lately, newest first: the content of older ones has left."""
    return Request.objects.exclude(state__in=OPEN).order_by("-closed_at")


def overdue(today: date) -> QuerySet[Request]:
    """Return what should have been answered before `today`; a request that waits for the person is not late."""
    return Request.objects.filter(state__in=OPEN, due_on__lt=today).exclude(state=State.IDENTITY_ASKED)
