"""Closing an account. What nobody must keep goes at once; of the rest, out of everybody's reach, the clock begins."""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.core.errors import Conflict, NotAllowed
from perron.privacy import consents, journal, objections
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record
from perron.privacy.closing import take_at_closing
from perron.privacy.evidence import recording
from perron.privacy.leaving import scrub
from perron.privacy.subjects import Subject, fingerprint, of_person


def close(person: Person, *, by: Actor) -> None:
    """Close somebody's own account: password, addresses, sessions and roles go at once, the name stays for its time.

    Who forgot their password, or whose account somebody else must close, asks for it by a rights request, which the
    program then carries out. Raises `NotAllowed` for anybody else; `Refused`, with the remedy, for the last
    administrator of something; `Conflict` if it is closed.
    """
    if by not in {person.actor, SYSTEM}:
        raise NotAllowed(_("Only the person themselves may close their account."))
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        if row.closed_at:
            raise Conflict(_("This account is closed already."))
        _close(row, by=by)
        record("close account", row, by=by)
        journal.write("close", of_person(row.pk))
        recording.record("close", of_person(row.pk), by=by, about={})
    person.refresh_from_db()


def closed_accounts(email: str) -> QuerySet[Person]:
    """Return the closed accounts that had this address: who brings it can still exercise rights."""
    return Person.objects.filter(fingerprint=fingerprint(email))


def _close(row: Person, *, by: Actor | None) -> None:
    row.fingerprint = fingerprint(row.email)
    row.save(update_fields=["fingerprint"])
    take_at_closing(row.pk, by=by)
    consents.close(of_person(row.pk))
    objections.close(of_person(row.pk))
    scrub()


@journal.replays("close")
def _close_again(subject: Subject, _detail: Mapping[str, str]) -> None:
    row = Person.objects.select_for_update().filter(pk=subject.id, closed_at=None).first()
    if row:
        _close(row, by=None)
