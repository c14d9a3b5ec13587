"""Requests as they are looked for: whose, open, closed, still to be told."""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, QuerySet

from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Party, Proof, Request, State
from perron.privacy.same_person import known_as
from perron.privacy.subjects import Subject


def subject_of(row: Request | Proof) -> Subject | None:
    """Return whose data a request is about; None where nothing can be tied to the person (GDPR art. 11)."""
    if row.subject_id is None:
        return None
    return Subject("person" if row.subject_kind == "person" else "address", row.subject_id)


def subjects_of(row: Request) -> tuple[Subject, ...]:
    """Return whose data a request is about, and as whom else the same person is known."""
    subject = subject_of(row)
    return known_as(subject) if subject else ()


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


def to_be_told() -> QuerySet[Request]:
    """Return what was done and is not known yet to all who received the data (GDPR art. 19), longest closed first."""
    untold = Party.objects.filter(request=OuterRef("pk"), capacity=Party.Capacity.RECIPIENT, told_at=None)
    return Request.objects.filter(Exists(untold), state=State.ANSWERED).order_by("closed_at")
