"""Signing in with another address: confirmed by a link at the new one and by a link at the old one, in any order.

The link at the old address also stops the change: whoever got into an account cannot quietly take it away.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from perron.accounts.models import AddressChange, Person
from perron.core.clock import now
from perron.core.errors import Conflict, Gone, NotAllowed, Refused
from perron.core.mail_addresses import mail_address
from perron.letters.writing import write
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.subjects import Subject, of_address, of_person

LASTS = timedelta(days=1)
# So many changes a day, so that nobody is flooded with letters by somebody else's account.
A_DAY = 5
_SALT = "perron.accounts.changing_address"

type Side = Literal["old", "new"]


@dataclass(frozen=True)
class Link:
    """What a link says: which change, and at which of both addresses it was read."""

    change: AddressChange
    side: Side


def ask(person: Person, email: str, *, page: str, by: Actor) -> AddressChange:
    """Send a link to both addresses, and return the change that waits for them; an earlier one ends.

    `page` is the address, with host, that reads a link's token behind it. Somebody whose account has the new address
    is told so there, and gets no link. Raises `NotAllowed`, `Refused`.
    """
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))
    wanted = mail_address(email).lower()
    if wanted == person.email:
        raise Refused(_("This is the address that you sign in with already."))
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        lately = row.address_changes.filter(asked_at__gt=now() - timedelta(days=1))
        if lately.count() >= A_DAY:
            raise Refused(_("You have asked for this often today. Try again tomorrow."))
        lately.filter(ended_at=None).update(ended_at=now())
        change = AddressChange.objects.create(person=row, email=wanted)
        record("ask for address", change, by=by)
        is_taken = Person.objects.filter(email=wanted).exists()
        _write("address-leaves", row.email, row, {"link": _link(change, "old", page), "address": wanted})
        there = {} if is_taken else {"link": _link(change, "new", page)}
        _write("address-taken" if is_taken else "address-comes", wanted, row, there, of_address(wanted))
    return change


def waiting(person: Person) -> AddressChange | None:
    """Return the change that waits for a confirmation."""
    lately = person.address_changes.filter(ended_at=None, asked_at__gt=now() - LASTS)
    return lately.order_by("-asked_at").first()


def look(token: str) -> Link:
    """Return what a link says, without doing it. Raises `Gone` when it is done, stopped, too old, or none of ours."""
    return _read(token, lock=False)


def confirm(token: str) -> bool:
    """Confirm a change at the address where its link was read; True once it is confirmed at both, and done.

    Raises `Gone` as `look` does, `Conflict` where another account got the address meanwhile.
    """
    with transaction.atomic():
        link = _read(token, lock=True)
        change, column = link.change, f"confirmed_at_{link.side}"
        setattr(change, column, getattr(change, column) or now())
        is_done = bool(change.confirmed_at_old and change.confirmed_at_new)
        change.ended_at = now() if is_done else None
        change.save(update_fields=[column, "ended_at"])
        record(f"confirm address at {link.side}", change, by=change.person.actor)
        if is_done:
            _change(change)
    return is_done


def stop(token: str) -> None:
    """Give a change up, from either address. Raises `Gone` as `look` does."""
    with transaction.atomic():
        link = _read(token, lock=True)
        link.change.ended_at = now()
        link.change.save(update_fields=["ended_at"])
        record("stop change of address", link.change, by=link.change.person.actor)


def _change(change: AddressChange) -> None:
    row = Person.objects.select_for_update().get(pk=change.person_id)
    former, row.email = row.email, change.email
    try:
        row.save(update_fields=["email"])
    except IntegrityError as error:
        raise Conflict(_("This address has an account of its own by now. Choose another.")) from error
    EmailAddress.objects.filter(user=row).delete()
    EmailAddress.objects.create(user=row, email=row.email, verified=True, primary=True)
    record("change address", row, by=row.actor)
    for address in (former, row.email):
        _write("address-changed", address, row, {"address": row.email})


def _read(token: str, *, lock: bool) -> Link:
    try:
        said = signing.loads(token, salt=_SALT)
    except signing.BadSignature as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail.")) from error
    rows = AddressChange.objects.select_for_update(of=("self",)) if lock else AddressChange.objects
    change = rows.select_related("person").filter(pk=UUID(said["id"])).first()
    if change is None or change.ended_at:
        raise Gone(_("This change of address is done, or was stopped. Your account shows which address it has."))
    if change.asked_at + LASTS <= now():
        raise Gone(_("This link is too old: it works for one day. Ask for the change again."))
    return Link(change, said["side"])


def _link(change: AddressChange, side: Side, page: str) -> str:
    token = signing.dumps({"id": str(change.pk), "side": side}, salt=_SALT)
    return f"{page}?{urlencode({'token': token})}"


def _write(letter: str, to: str, person: Person, context: dict[str, str], subject: Subject | None = None) -> None:
    subject = subject or of_person(person.pk)
    write(letter, to=to, subject=subject, language=person.language, context=context, by=person.actor)
