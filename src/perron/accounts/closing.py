"""Closing an account. What nobody must keep goes at once; of the rest, out of everybody's reach, the clock begins."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.core.clock import BRUSSELS, now
from perron.core.errors import Conflict, NotAllowed
from perron.letters.forgetting import forget_addresses
from perron.letters.writing import write
from perron.privacy import consents, journal, objections
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record
from perron.privacy.closing import take_at_closing
from perron.privacy.declaring import Activity
from perron.privacy.evidence import recording
from perron.privacy.leaving import scrub
from perron.privacy.policy.current import policy
from perron.privacy.same_person import known_as
from perron.privacy.subjects import Subject, fingerprint, of_address, of_person


def close(person: Person, *, by: Actor) -> None:
    """Close somebody's own account: password, addresses, sessions and roles go at once, the name stays for its time.

    Who forgot their password, or whose account somebody else must close, asks for it by a rights request, which the
    program then carries out. Raises `NotAllowed` for anybody else; `Refused`, with the remedy, for the last
    administrator of something; `Conflict` if it is closed.
    """
    if by not in {person.actor, SYSTEM}:
        raise NotAllowed(_("Only the person themselves may close their account."))
    with transaction.atomic():
        row = Person.stored.select_for_update().get(pk=person.pk)
        if row.closed_at:
            raise Conflict(_("This account is closed already."))
        _close(row, by=by)
        record("close account", row, by=by)
        journal.write("close", of_person(row.pk))
        recording.record("close", of_person(row.pk), by=by, about={})
    person.refresh_from_db()


def kept_until(closed_at: datetime) -> date | None:
    """Return until which day the name of a closed account stays; None where the policy does not say."""
    period = policy().retention(Activity.ACCOUNTS, "account_closed").period
    return period.after(closed_at).astimezone(BRUSSELS).date() if period else None


def close_oneself(person: Person, *, language: str) -> None:
    """Close one's own account, and have a letter say so to the address that it had, which goes with the letter.

    Raises as `close` does.
    """
    to = person.email
    with transaction.atomic():
        close(person, by=person.actor)
        until = kept_until(now())
        context = {"day": until.isoformat() if until else ""}
        # About the address, not the person: nobody whose account is closed is written to.
        write("account-closed", to=to, subject=of_address(to), language=language, context=context, by=person.actor)


def _close(row: Person, *, by: Actor | None) -> None:
    row.fingerprint = fingerprint(row.email)
    row.save(update_fields=["fingerprint"])
    forget_addresses([subject.id for subject in known_as(of_person(row.pk))])
    take_at_closing(row.pk, by=by)
    consents.close(of_person(row.pk))
    objections.close(of_person(row.pk))
    scrub()


@journal.replays("close")
def _close_again(subject: Subject, _detail: Mapping[str, str]) -> None:
    row = Person.objects.select_for_update().filter(pk=subject.id).first()
    if row:
        _close(row, by=None)
