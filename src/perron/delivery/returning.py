"""What comes back, read and acted upon: addresses that do not exist are left alone, and who called a message junk is
unsubscribed from it.

Anybody can write to the mailbox. Only a report that names the address from which one reader was written to is believed
(`channels.email.return_path`), and it touches nobody but that reader.
"""

import logging

from perron.audience.models import Channel, Recipient
from perron.channels.email.mailboxes import NoMailbox, read_new
from perron.channels.email.reports import Report, read_report
from perron.channels.email.return_path import whose
from perron.delivery.models import Delivery
from perron.delivery.sources import source_of
from perron.delivery.stopping import stop
from perron.letters import bounces
from perron.letters.models import Letter
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.objections import raise_objection
from perron.privacy.subjects import Subject, of_address
from perron.privacy.wishes import Objection

_log = logging.getLogger(__name__)


def take_back() -> int:
    """Read what came back; return how many reports were acted upon. Does nothing where no mailbox is set."""
    try:
        return read_new(take)
    except NoMailbox as error:
        _log.error("What comes back cannot be read: %s. Look at PERRON_BOUNCES.", error)
        return 0


def take(content: bytes) -> bool:
    """Act upon a mail that came back; False if it is nothing that one can act upon, which a person may read then."""
    report, subject = _report(content), whose(content)
    if report is None or subject is None:
        return False
    if report.is_complaint:
        return _complained(subject, report)
    if address := _address(subject, report):
        bounces.note(address, report.status)
    return address is not None


def _report(content: bytes) -> Report | None:
    try:
        return read_report(content)
    except Exception:  # noqa: BLE001 whatever somebody sends stops nothing that comes behind it
        _log.warning("A mail that came back could not be read as one; it is left to people.")
        return None


def _complained(subject: Subject, report: Report) -> bool:
    """End what the message was about, and nothing else."""
    delivery = _delivery(subject, report)
    if delivery is None:
        return False
    if delivery.activity == Activity.PROMOTION:
        _object(delivery)
        return True
    if recipient := Recipient.stored.filter(subject_id=subject.id, channel=Channel.EMAIL).first():
        release = delivery.dispatch.release
        stop(recipient, release.item_id if release else None, acknowledged=False)
    return True


def _object(delivery: Delivery) -> None:
    """Keep that somebody wants no more news of the operator's. What is reported again has led to that already, and a
    consent that came since stands."""
    subject = delivery.subject
    kept = Objection.objects.filter(subject_kind=subject.kind, subject_id=subject.id, activity=Activity.PROMOTION)
    if not kept.filter(raised_at__gte=delivery.made_at).exists():
        raise_objection(subject, Activity.PROMOTION, by=Actor(subject.kind, subject.id))


def _address(subject: Subject, report: Report) -> Subject | None:
    """Return the address that a message went to: of an account it is the one that was written to."""
    if subject.kind == "address":
        return subject
    if report.message is None:
        return None
    if letter := Letter.objects.filter(pk=report.message, subject_id=subject.id).exclude(to="").first():
        return of_address(letter.to)
    if delivery := _delivery(subject, report):
        found = source_of(delivery.dispatch).recipients([delivery.recipient_id]).get(delivery.recipient_id)
        return of_address(found.address) if found else None
    return None


def _delivery(subject: Subject, report: Report) -> Delivery | None:
    """Return the delivery that a report is about, if it was to the one whom the report is from."""
    if report.message is None:
        return None
    rows = Delivery.stored.filter(pk=report.message, subject_kind=subject.kind, subject_id=subject.id)
    return rows.select_related("dispatch__release__item").first()
