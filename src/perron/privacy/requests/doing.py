"""What every deed with a request shares: permission, the table of states, one transaction, its traces."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.errors import Conflict
from perron.privacy.acting import Actor
from perron.privacy.auditing import record as audit
from perron.privacy.evidence.recording import record, settle
from perron.privacy.requests import proving
from perron.privacy.requests.deadlines import Deadline
from perron.privacy.requests.finding import subject_of
from perron.privacy.requests.permitting import permit
from perron.privacy.requests.proving import Facts
from perron.privacy.requests.states import CLOSED, Deed, after
from perron.privacy.requests.tables import Request, State, Step


@contextmanager
def deed(request: Request, what: Deed, *, by: Actor, words: str = "", facts: Facts | None = None) -> Iterator[Request]:
    """Do `what` with the request: within the block, change the locked row that is yielded, and write the letter.

    `words` go to the person and into the history; `facts` into the evidence, without anything about anybody. Raises
    `NotAllowed`, and `Conflict` where the request is in a state from which this cannot be done, or has left.
    """
    with transaction.atomic():
        row = lock(request)
        permit(by, what, row)
        target = after(what, State(row.state), extended=row.extended_on is not None)
        yield row
        row.state = target
        row.due_on = deadline(row).day
        step = note(row, what, by=by, words=words)
        if target in CLOSED:
            row.closed_at = step.at
            row.save()
            proving.prove(row, facts or {})
        row.save()
        trace(row, what, by=by, facts=facts)
        if row.closed_at:
            # Not `closed_at`: it is a moment earlier than the last entry, and no detail settles before its entry.
            settle(row.pk)
    request.refresh_from_db()


def lock(request: Request) -> Request:
    """Return the row, locked until the transaction ends. Raises `Conflict` when it has left."""
    row = Request.objects.select_for_update().filter(pk=request.pk).first()
    if row is None:
        raise Conflict(_("This request was closed some time ago: its content is gone, only the proof is kept."))
    return row


def deadline(row: Request) -> Deadline:
    """Return until when `row` must be answered; while it is paused, as if it went on now."""
    return Deadline(row.received_on, row.paused_days, row.extended_on is not None)


def note(row: Request, what: str, *, by: Actor, words: str = "", internal: bool = False) -> Step:
    """Add a step to the history."""
    return Step.objects.create(
        request=row, deed=what, state=row.state, actor_kind=by.kind, actor_id=by.id, words=words, internal=internal
    )


def trace(row: Request, what: str, *, by: Actor, facts: Facts | None = None) -> None:
    """Leave the audit row and the evidence of a deed, the latter last: others who record wait for this transaction."""
    audit(what, row, by=by, reference=row.reference)
    about = {"request": str(row.pk), "reference": row.reference, "kind": row.kind, "state": row.state}
    record(what, subject_of(row), by=by, about=about | dict(facts or {}))
