"""Restriction of processing (GDPR art. 18): stored and nothing else, until it is lifted after notice.

What is out of reach: rows of tables whose manager is `Unrestricted` (`privacy.hiding`), and every clearance but those
that `privacy.reasons` names. A person may be restricted on several grounds; each is lifted by itself, and the data come
back into use with the last.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.core.clock import BRUSSELS, now
from perron.core.errors import Conflict, Refused
from perron.privacy import auditing, journal
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.among import Key, Keys
from perron.privacy.evidence.recording import record
from perron.privacy.noticing import notice
from perron.privacy.requests.permitting import permit_handler
from perron.privacy.subjects import Subject, known_address, of_row
from perron.privacy.wishes import Restriction

Ground = Restriction.Ground
# Between the notice and the end of a restriction (art. 18(3) asks for the notice and states no time): enough to object,
# or to claim the data.
NOTICE = timedelta(days=14)


def restrict(subject: Subject, ground: Ground, *, by: Actor, request: UUID | None = None) -> Restriction:
    """Store the data of `subject` and do nothing else with them from now on; the same ground twice changes nothing."""
    with transaction.atomic():
        already = in_force(subject).filter(ground=ground).first()
        return already or _keep(
            Restriction(subject_kind=subject.kind, subject_id=subject.id, ground=ground, request_id=request), by=by
        )


def announce_lift(restriction: Restriction, reason: str, *, to: str, language: str, by: Actor) -> Restriction:
    """Tell the person, by a letter to the address `to`, that the restriction ends after `NOTICE`, and why.

    Raises `NotAllowed` for who does not handle requests; `Refused` without a reason, or where `to` is not the address
    whose data are restricted; `Conflict` where the end was announced or has come.
    """
    permit_handler(by)
    if not reason.strip():
        raise Refused(_("Write why the restriction ends; the person reads it before it does (GDPR art. 18(3))."))
    with transaction.atomic():
        locked = _locked(restriction)
        if locked.subject_kind == "address" and known_address(to) != of_row(locked):
            raise Refused(_("It is not this address whose data are restricted. Look at the spelling."))
        if locked.announced_at:
            raise Conflict(_("The end of this restriction has been announced."))
        locked.lift_reason = reason.strip()
        locked.announced_at = now()
        locked.lifts_at = locked.announced_at + NOTICE
        locked.save(update_fields=["lift_reason", "announced_at", "lifts_at"])
        subject = of_row(locked)
        said = {"day": locked.lifts_at.astimezone(BRUSSELS).date().isoformat(), "reason": locked.lift_reason}
        notice("restriction-ends", subject=subject, address=to, language=language, context=said, about=locked.pk, by=by)
        auditing.record("announce end of restriction", locked, by=by)
        record("announce_lift", subject, by=by, about=_about(locked))
    return locked


def lift(restriction: Restriction, *, by: Actor) -> Restriction:
    """End a restriction. Raises `Refused` before the person was told and `NOTICE` has passed (art. 18(3))."""
    with transaction.atomic():
        locked = _locked(restriction)
        if not locked.lifts_at:
            raise Refused(
                _("Announce the end of the restriction first; the person is told before it (GDPR art. 18(3)).")
            )
        if locked.lifts_at > now():
            raise Refused(
                _("The person has been told that the restriction lasts until %(day)s.")
                % {"day": locked.lifts_at.astimezone(BRUSSELS).date()}
            )
        return _lift(locked, by=by)


def lift_due() -> int:
    """End the restrictions whose announced day has come, and return how many. Run by the worker."""
    due = Restriction.objects.filter(lifted_at=None, lifts_at__lte=now())
    return len([lift(restriction, by=SYSTEM) for restriction in due])


def in_force(subject: Subject) -> QuerySet[Restriction]:
    """Return the restrictions that `subject` is under, the oldest first: what is shown to those who may know."""
    return all_in_force().filter(subject_kind=subject.kind, subject_id=subject.id)


def all_in_force() -> QuerySet[Restriction]:
    """Return every restriction that somebody is under, the oldest first."""
    return Restriction.objects.filter(lifted_at=None).order_by("since", "pk")


def among(subjects: Keys) -> set[str]:
    """Return the keys of those who are restricted, by one query."""
    return set(
        Restriction.objects.filter(subject_id__among=subjects, lifted_at=None).values_list(Key("subject_id"), flat=True)
    )


@journal.replays("restrict")
def _restrict_again(subject: Subject, detail: Mapping[str, str]) -> None:
    lost = Restriction(
        pk=UUID(detail["restriction"]), subject_kind=subject.kind, subject_id=subject.id, ground=detail["ground"]
    )
    if not Restriction.objects.filter(pk=lost.pk).exists():
        _keep(lost, by=SYSTEM)


@journal.replays("lift")
def _lift_again(_subject: Subject, detail: Mapping[str, str]) -> None:
    found = Restriction.objects.filter(pk=detail["restriction"], lifted_at=None).first()
    if found:
        _lift(found, by=SYSTEM)


def _keep(restriction: Restriction, *, by: Actor) -> Restriction:
    restriction.save(force_insert=True)
    subject = of_row(restriction)
    auditing.record("restrict", restriction, by=by, ground=restriction.ground)
    record("restrict", subject, by=by, about=_about(restriction))
    journal.write("restrict", subject, restriction=str(restriction.pk), ground=restriction.ground)
    return restriction


def _lift(restriction: Restriction, *, by: Actor) -> Restriction:
    restriction.lifted_at = now()
    restriction.save(update_fields=["lifted_at"])
    subject = of_row(restriction)
    auditing.record("lift restriction", restriction, by=by)
    record("lift", subject, by=by, about=_about(restriction))
    journal.write("lift", subject, restriction=str(restriction.pk))
    return restriction


def _locked(restriction: Restriction) -> Restriction:
    found = Restriction.objects.select_for_update().get(pk=restriction.pk)
    if found.lifted_at:
        raise Conflict(_("This restriction has been lifted."))
    return found


def _about(restriction: Restriction) -> dict[str, str]:
    said = {"restriction": str(restriction.pk), "ground": restriction.ground}
    return said | ({"request": str(restriction.request_id)} if restriction.request_id else {})
