"""Carrying out what is asked: at once where the program can and it is sure who asks, else when staff say so.

Nothing is done at once over the head of a partner that is the controller of what would change: it decides (art. 28(3)).
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from perron.core.errors import Conflict, Refused
from perron.privacy import consents, erasing, objections, restrictions
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.declaring import Activity
from perron.privacy.models import Restriction
from perron.privacy.receipts import Line, Outcome
from perron.privacy.requests import telling, working
from perron.privacy.requests.doing import lock, note, trace
from perron.privacy.requests.entering import Wish, enter
from perron.privacy.requests.finding import subjects_of
from perron.privacy.requests.objecting import object_from_now_on, resting_on
from perron.privacy.requests.parties import expect_recipients, undecided
from perron.privacy.requests.permitting import permit_handling
from perron.privacy.requests.proving import Fact
from perron.privacy.requests.tables import Identity, Kind, Request, State
from perron.privacy.requests.wording import receipt_in_words
from perron.privacy.subjects import Subject

# What the program does by itself for somebody who is identified; corrections and complaints are read by people.
AT_ONCE = {Kind.ACCESS, Kind.PORTABILITY, Kind.ERASURE, Kind.RESTRICTION, Kind.OBJECTION, Kind.WITHDRAWAL}

# Outside the tables nobody counts: backups, devices.
_SAID_WHEN_EMPTY = {Outcome.KEPT, Outcome.NOT_SUPPORTED}


def exercise(wish: Wish, *, by: Actor, subjects: Sequence[Subject], ground: str = "") -> Request:
    """Take the request of somebody who is identified as `subjects`; do and answer it at once where that is possible.

    `ground` is that of a restriction. Raises as `entering.enter` does.
    """
    with transaction.atomic():
        row = enter(wish, by=by, about=subjects[0], quietly=True)
        if wish.kind == Kind.OBJECTION and not wish.activities:
            raise Refused(_("Choose what you object to."))
        object_from_now_on(row, subjects, by=by)
        if not _is_done_at_once(row):
            telling.person(row, "request-received")
            telling.staff(row, "request-new")
            return row
        working.take_up(row, by=SYSTEM)
        facts = _do(row, subjects, ground, by=by)
        with translation.override(row.language):
            words = _said(row, facts)
        return working.answer(row, words, by=SYSTEM, facts=facts)


def note_done(wish: Wish, words: str, *, by: Actor, about: Subject, facts: dict[str, Fact]) -> Request:
    """Keep that somebody did by themselves what they have a right to, as a request that is answered with `words`."""
    with transaction.atomic():
        row = working.take_up(enter(wish, by=by, about=about, quietly=True), by=SYSTEM)
        return working.answer(row, words, by=SYSTEM, facts=facts)


def carry_out(request: Request, *, by: Actor, ground: str = "") -> dict[str, Fact]:
    """Do, as staff, what the request asks for, and return the facts; `working.answer` tells the person afterwards.

    Raises `NotAllowed`; `Conflict` before it is taken up, before a partner that is its controller has decided, and
    after it was done; `Refused` where nobody is identified, or nothing is to be done by the program.
    """
    with transaction.atomic():
        row = lock(request)
        subjects = _subjects_to_serve(row, by)
        facts = _do(row, subjects, ground, by=by)
        note(row, "carry_out", by=by, internal=True)
        trace(row, "carry_out", by=by)
    return facts


def _subjects_to_serve(row: Request, by: Actor) -> Sequence[Subject]:
    permit_handling(by, row)
    if row.state not in (State.IN_PROGRESS, State.EXTENDED):
        raise Conflict(_("Take the request up first."))
    if row.identity == Identity.UNKNOWN:
        raise Refused(_("First establish who asks."))
    if waiting := undecided(row):
        raise Conflict(_("%(partner)s decides, and has not done so yet.") % {"partner": waiting[0]})
    subjects = subjects_of(row)
    if not subjects or row.kind not in AT_ONCE:
        raise Refused(_("There is nothing here that the program can do: do it by hand, and answer."))
    return subjects


def _is_done_at_once(row: Request) -> bool:
    if row.kind in (Kind.ACCESS, Kind.PORTABILITY, Kind.WITHDRAWAL):
        # A copy and an end of what was agreed to harm no controller; the partner was told.
        return True
    if row.kind == Kind.OBJECTION:
        return all(activity in objections.ABSOLUTE for activity in row.activities)
    return row.kind in AT_ONCE and not undecided(row)


def _do(row: Request, subjects: Sequence[Subject], ground: str, *, by: Actor) -> dict[str, Fact]:
    # While it is known still from what is held who received it.
    expect_recipients(row)
    match row.kind:
        case Kind.ERASURE:
            letters = [Activity(letter) for letter in row.activities] or None
            receipt = erasing.erase(subjects, by=by, activities=letters, request=row.pk)
            return {
                "receipt": [_line(line) for line in receipt.lines if line.rows or line.outcome in _SAID_WHEN_EMPTY],
                # Where nothing was.
                "empty": [line.store for line in receipt.lines if not line.rows and line.outcome is Outcome.ERASED],
            }
        case Kind.RESTRICTION:
            if ground not in Restriction.Ground.values:
                raise Refused(_("Choose why the data shall be restricted."))
            for subject in subjects:
                restrictions.restrict(subject, Restriction.Ground(ground), by=by, request=row.pk)
            return {"ground": ground}
        case Kind.OBJECTION:
            # It counts since it was raised; the answer upholds it.
            return {"objected": list(row.activities)}
        case Kind.WITHDRAWAL:
            # Where none is named, all that was agreed to.
            meant = [Activity(letter) for letter in row.activities] or resting_on("consent")
            ended = [
                consent.basis
                for subject in subjects
                for activity in meant
                for consent in consents.withdraw(subject, activity, form="rights", by=by)
            ]
            return {"withdrawn": ended}
    return {}


def _line(line: Line) -> dict[str, str | int]:
    return {"store": line.store, "outcome": line.outcome.value, "rows": line.rows, "reason": line.reason,
            "citation": line.citation}  # fmt: skip


def _said(row: Request, facts: dict[str, Fact]) -> str:
    match row.kind:
        case Kind.ACCESS:
            return _("All that we hold about you is ready: open your request on our site and fetch the archive. It has "
                     "a page to read, the data as a file for programs, and what the law says you shall know "
                     "about them.")  # fmt: skip
        case Kind.PORTABILITY:
            return _("What you gave us is ready, in a form that programs read: open your request on our site and fetch "
                     "the archive, or have it sent to somebody of your choice.")  # fmt: skip
        case Kind.RESTRICTION:
            return _("Your data are set aside: from now on we store them, and use them only as you agree to or as the "
                     "law allows (GDPR art. 18(2)). You hear from us before that ends.")  # fmt: skip
        case Kind.OBJECTION:
            return _("We stop. We remember no more than is needed not to begin again.")
        case Kind.WITHDRAWAL:
            return _("Your consent ends here. What was done with it before remains lawful.")
    lines, empty = facts.get("receipt"), facts.get("empty")
    assert isinstance(lines, list)
    assert isinstance(empty, list)
    return receipt_in_words([line for line in lines if isinstance(line, dict)], [str(store) for store in empty])
