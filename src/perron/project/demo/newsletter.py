"""The operator's news in the demo: a message that was sent, and a draft with something to put right."""

from datetime import timedelta

from django.conf import settings

from perron.communities.access import holders
from perron.communities.contracting.contacts import add_contact
from perron.communities.models import Contact, Partner
from perron.communities.permissions import SEND_NEWS
from perron.core import clock
from perron.delivery.carriers.mail import Mail
from perron.delivery.dispatching import expand
from perron.delivery.ending import close_dispatches
from perron.delivery.sending import send_due
from perron.letters.outbox import is_local
from perron.outreach.models import Campaign
from perron.outreach.newsletter import sending, writing
from perron.outreach.newsletter.audience import bases, by_consent, count
from perron.outreach.newsletter.writing import Written
from perron.privacy.acting import SYSTEM
from perron.project.demo.entries import table

_CLIENT = "communication@ville.example"


def bring_in() -> None:
    """Write them, once, unless the operator's policy has no audience; by a mail server nothing leaves."""
    staff, found = holders(SEND_NEWS).first(), bases()
    if staff is None or not found or Campaign.objects.exists():
        return
    by = staff.actor
    words = table("newsletter")
    basis = next((each for each in found if not by_consent(each)), found[0])
    if is_local():
        _note_a_client()
        with clock.travel(clock.now() - timedelta(days=6)):
            first = writing.begin(_written(basis.id, words["sent"]), by=by)
            if number := count(basis):
                sending.send(first, expected=first.edition, number=number, by=by)
                # Of all that waits, only this: residents' news is not six days old.
                while expand():
                    pass
                send_due(Mail())
                close_dispatches()
    writing.begin(_written(basis.id, words["draft"]), by=by)


def _note_a_client() -> None:
    partner = Partner.objects.filter(is_operator=False, agreements__in_force_at__isnull=False).order_by("slug").first()
    if partner and not Contact.stored.filter(email=_CLIENT).exists():
        add_contact(partner, by=SYSTEM, kind="contract", name="Camille Renard", function="", email=_CLIENT, phone="")


def _written(basis: str, words: dict[str, dict[str, str]]) -> Written:
    return Written(
        basis,
        {language: said["heading"] for language, said in words.items()},
        {language: said["text"].replace("{site}", settings.PERRON_ORIGIN) for language, said in words.items()},
    )
