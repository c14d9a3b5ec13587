"""Stopping the news: by one press, by a mail to the operator, or by any other objection. It is acknowledged once, and
remembered without the address (`privacy.wishes.Stop`); only a later consent of the same person opens it again."""

from collections.abc import Iterable
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.access import permit
from perron.communities.permissions import ANSWER_CONTACT
from perron.core.errors import Conflict, Gone
from perron.core.language import check_spoken
from perron.core.mail_addresses import mail_address
from perron.letters import writing
from perron.outreach.newsletter import audience
from perron.outreach.newsletter.audience import E, Reader
from perron.outreach.newsletter.tables import NewsReader
from perron.privacy import objections
from perron.privacy.acting import Actor
from perron.privacy.leaving import delete
from perron.privacy.subjects import Subject, of_address, of_person
from perron.privacy.tenancy.scope import as_program
from perron.privacy.wishes import Consent

_SALT = "perron.outreach.newsletter.leaving"


def key_of(row: UUID) -> str:
    """Return the key to one's own page, fit for a path. It says nothing of the address."""
    return signing.Signer(salt=_SALT, sep="~").sign(row.hex)


def opened(key: str) -> Reader:
    """Return whose key it is. Raises `Gone` for one that was altered, or that nobody has any more."""
    try:
        row = UUID(signing.Signer(salt=_SALT, sep="~").unsign(key))
    except signing.BadSignature as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail.")) from error
    found = audience.by_id([row]).get(row)
    if found is None:
        raise Gone(_("Nothing is sent to this address any more."))
    return found


def gets_none(reader: Reader) -> bool:
    """Say whether a reader has stopped the news already."""
    return objections.has_objected(reader.subject, E)


def stop(reader: Reader) -> bool:
    """End the news to a reader, at their own wish; False where it had ended before."""
    by = Actor(reader.subject.kind, reader.subject.id)
    return _end(reader.email, reader.language, [reader.subject], by=by)


def stop_for(email: str, *, language: str, by: Actor) -> None:
    """End the news to an address whose owner wrote so; the acknowledgement goes there, in `language`.

    Also to an address that nothing is known of. Raises `NotAllowed`, `Refused` for what is no address, and `Conflict`
    where it had ended before.
    """
    permit(by, ANSWER_CONTACT)
    check_spoken(language)
    if not _end(mail_address(email), language, (), by=by):
        raise Conflict(_("The news to this address had been stopped already."))


def let_go() -> int:
    """Let go the addresses of those who have no consent in force any more, however it ended; return how many.

    Run by the worker: an objection or a withdrawal may come by a rights request, or again from the journal.
    """
    agreed = Consent.objects.filter(subject_id=OuterRef("subject_id"), activity=E, given=True, ended_at=None)
    with transaction.atomic():
        return delete(NewsReader.stored.filter(~Exists(agreed)))


@as_program
def _end(email: str, language: str, subjects: Iterable[Subject], *, by: Actor) -> bool:
    """Keep an objection for each as whom the owner of the address is known here."""
    with transaction.atomic():
        # Locked until the end: of two presses at once, the second finds that nothing is left.
        known = [of_address(email), *subjects]
        known += [of_person(pk) for pk in Person.objects.filter(email=email.lower()).values_list("pk", flat=True)]
        left = [each for each in dict.fromkeys(known) if not objections.has_objected(each, E)]
        for subject in left:
            objections.raise_objection(subject, E, by=by)
        delete(NewsReader.stored.filter(subject_id__in=[each.id for each in known]))
        if left:
            writing.write("news-stopped", to=email, subject=left[0], language=language, context={}, by=by)
    return bool(left)
