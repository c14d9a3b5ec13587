"""Addresses from which mail comes back. What many get is not sent there any more, or other servers would take us for
somebody who sends to lists that were bought. A letter is always tried: it goes to one person, for one reason."""

import re
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.letters.models import Bounce
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.among import Keys
from perron.privacy.auditing import record
from perron.privacy.leaving import delete
from perron.privacy.models import Addressee
from perron.privacy.subjects import Subject, fingerprints

# There is no such mailbox, or it is closed (RFC 3463 §3.2, §3.3; RFC 7505: 5.1.10; 5.0.0 says nothing more). Of the
# sender's address speak 5.1.7 and 5.1.8.
_NO_MAILBOX = re.compile(r"5\.(0\.0|1\.(0|1|2|3|4|6|9|10)|2\.[01])")
# What is refused for good for another reason (a full mailbox, a blocklist, a word in it) can end by itself.
_DAYS = 3


def note(subject: Subject, status: str) -> None:
    """Note that mail to the address of `subject` came back with `status` (RFC 3463), and suppress the address if it was
    for good: at once where there is no mailbox, otherwise on the third day. For now (4.x.x) is only noted.

    Of an address that was erased meanwhile nothing is noted.
    """
    with transaction.atomic():
        # Nor is it forgotten while we do so.
        if not Addressee.objects.select_for_update(no_key=True).filter(pk=subject.id).exists():
            return
        moment = now()
        row, new = Bounce.stored.select_for_update().get_or_create(
            subject_id=subject.id, defaults={"status": status, "noted_at": moment}
        )
        if not new:
            row.days += row.noted_at.date() != moment.date()
            row.status, row.noted_at = status, moment
        if row.suppressed_at is None and (says_no_mailbox(status) or (status.startswith("5.") and row.days >= _DAYS)):
            row.suppressed_at = moment
            record("suppress address", row, by=SYSTEM, status=status)
        row.save()


def lift(subject: Subject, *, by: Actor) -> bool:
    """Send to an address again, as if nothing had come back; False if nothing had. What comes back anew counts anew."""
    with transaction.atomic():
        row = Bounce.stored.select_for_update().filter(subject_id=subject.id).first()
        if row is None:
            return False
        if row.suppressed_at:
            record("lift suppression", row, by=by, status=row.status)
        delete(Bounce.stored.filter(pk=row.pk))
    return True


def suppressed_among(addresses: Collection[str]) -> set[str]:
    """Return those of these addresses to which nothing is sent that many get."""
    marks = dict(zip(addresses, fingerprints(addresses), strict=True))
    left_out = Bounce.stored.filter(suppressed_at__isnull=False).values("subject_id")
    known = Addressee.objects.filter(fingerprint__among=Keys(marks.values()), pk__in=left_out)
    found = set(known.values_list("fingerprint", flat=True))
    return {address for address, mark in marks.items() if mark in found}


def suppressed() -> QuerySet[Bounce]:
    """Return all that are suppressed, newest first."""
    return Bounce.objects.filter(suppressed_at__isnull=False).order_by("-suppressed_at")


def says_no_mailbox(status: str) -> bool:
    """Say whether a status means that the address does not exist, or no longer."""
    return _NO_MAILBOX.fullmatch(status) is not None


def status_in_words(status: str) -> str:
    """Return a sentence for a status, in the language at hand."""
    if says_no_mailbox(status):
        return _("There is no such mailbox, or it is closed (%(code)s).") % {"code": status}
    if status == "5.2.2":
        return _("The mailbox is full (%(code)s).") % {"code": status}
    return _("The mail server of the address refused our messages on several days (%(code)s).") % {"code": status}
