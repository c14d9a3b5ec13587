"""The register of breaches: entering one, saying more about it in phases, weighing its risk, closing it.

Each verb is for the operator's data-protection staff and raises `NotAllowed` for anybody else, `Conflict` where the
breach is closed, and `Refused`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict, Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import record as audit
from perron.privacy.breaches import telling
from perron.privacy.breaches.tables import HOURS, Breach, Risk
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.recording import record
from perron.privacy.requests.permitting import permit_breach_keeper

LONGEST = 20_000
_MOST = 2_000_000_000


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What is known about a breach (GDPR art. 33(3)); what is not known yet is said later (art. 33(4))."""

    known_at: datetime
    happened: str
    concerned: str = ""
    people: int | None = None
    records: int | None = None
    consequences: str = ""
    measures: str = ""


def enter(facts: Facts, *, by: Actor) -> Breach:
    """Write a breach down; the clock of 72 hours runs from when it was known. Staff get a letter."""
    permit_breach_keeper(by)
    with transaction.atomic():
        row = Breach(known_at=facts.known_at)
        _take(row, facts)
        row.save(force_insert=True)
        telling.staff(row, "breach-new")
        trace(row, "enter_breach", by=by, known=facts.known_at.isoformat())
    return row


def correct(breach: Breach, facts: Facts, *, by: Actor) -> Breach:
    """Say more, or better, what is known. When it became known is part of it; the clock follows."""
    with deed(breach, "correct_breach", by=by) as row:
        _take(row, facts)
    return breach


def weigh(breach: Breach, risk: Risk, why: str, *, by: Actor) -> Breach:
    """Say what it is likely to mean for people, and why: it decides who is told (GDPR arts 33(1), 34(1))."""
    why = said(why, _("Say why."))
    if risk not in Risk.values or risk == Risk.UNKNOWN:
        raise Refused(_("Choose what it is likely to mean for people."))
    with deed(breach, "weigh_breach", by=by, risk=risk.value) as row:
        row.risk, row.risk_why = risk, why
    return breach


def notified(breach: Breach, at: datetime, *, by: Actor, reference: str = "", late_because: str = "") -> Breach:
    """Note that the authority was told; later than 72 hours after it was known, only with the reasons (art. 33(1))."""
    with deed(breach, "notify_authority", by=by, at=at.isoformat()) as row:
        if at > now() or at < row.known_at:
            raise Refused(_("The authority was told after the breach was known, and not in the future."))
        if at > row.known_at + HOURS and not late_because.strip():
            raise Refused(_("This is later than 72 hours: give the reasons (GDPR art. 33(1))."))
        row.notified_at = at
        row.authority_reference, row.late_because = reference.strip()[:60], late_because.strip()[:LONGEST]
    return breach


def leave_untold(breach: Breach, why: str, *, by: Actor) -> Breach:
    """Say why the people concerned need not be told although the risk is high (GDPR art. 34(3))."""
    why = said(why, _("Say why, by one of the grounds of art. 34(3)."))
    with deed(breach, "leave_people_untold", by=by) as row:
        row.untold_because = why
    return breach


def close(breach: Breach, *, by: Actor) -> Breach:
    """Close it, once all are told who must be, or it is said why not."""
    with deed(breach, "close_breach", by=by) as row:
        if row.risk == Risk.UNKNOWN:
            raise Refused(_("First weigh what it means for people."))
        if row.waits_for_authority:
            raise Refused(_("First tell the authority, or say why a risk is unlikely."))
        if row.waits_for_people:
            raise Refused(_("First tell the people concerned, or say why not."))
        if row.parties.filter(told_at=None).exists():
            raise Refused(_("First tell the partners concerned."))
        row.closed_at = now()
    return breach


@contextmanager
def deed(breach: Breach, what: str, *, by: Actor, **facts: JSON) -> Iterator[Breach]:
    """Do something with a breach that is open: yield its locked row, save it, leave the audit row and the evidence."""
    permit_breach_keeper(by)
    with transaction.atomic():
        row = Breach.objects.select_for_update().get(pk=breach.pk)
        if row.closed_at:
            raise Conflict(_("This breach is closed."))
        yield row
        row.save()
        trace(row, what, by=by, **facts)
    breach.refresh_from_db()


def trace(row: Breach, what: str, *, by: Actor, **facts: JSON) -> None:
    """Leave the audit row and the evidence of a deed, which are its history."""
    audit(what, row, by=by, reference=row.reference)
    about: Mapping[str, JSON] = {"breach": row.reference, **facts}
    record(what, None, by=by, about=about)


def said(words: str, remedy: str) -> str:
    """Return what somebody wrote; refuse nothing at all, and too much."""
    words = words.strip()
    if not words:
        raise Refused(remedy)
    if len(words) > LONGEST or "\0" in words:
        raise Refused(_("Write at most %(number)d characters.") % {"number": LONGEST})
    return words


def _take(row: Breach, facts: Facts) -> None:
    if facts.known_at > now():
        raise Refused(_("It cannot have become known in the future."))
    row.known_at, row.happened = facts.known_at, said(facts.happened, _("Say what happened."))
    for column in ("concerned", "consequences", "measures"):
        words = getattr(facts, column).strip()
        setattr(row, column, said(words, "") if words else "")
    for column in ("people", "records"):
        number = getattr(facts, column)
        if number is not None and not 0 <= number <= _MOST:
            raise Refused(_("Write about how many there are, as a number."))
        setattr(row, column, number)
