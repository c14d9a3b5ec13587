"""Whom to turn to at a partner: noted by its administrators or the operator's."""

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.contracting.tables import Contact
from perron.communities.models import Partner
from perron.communities.permissions import KEEP_CONTACTS
from perron.communities.writing import Unfit, write
from perron.core.errors import Conflict, Refused
from perron.core.mail_addresses import mail_address
from perron.privacy import objections
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.subjects import Subject, of_address

MOST = 20


def add_contact(
    partner: Partner,
    *,
    by: Actor,
    kind: str,
    name: str,
    function: str,
    email: str,
    phone: str,
    refuses_promotion: bool = False,
) -> Contact:
    """Note somebody, and that they want no news about what the operator offers (GDPR art. 21(2), (4)).

    Raises `NotAllowed` unless `by` administers the partner or the operator; `Unfit`; `Refused`.
    """
    permit(by, KEEP_CONTACTS, partner)
    try:
        email = mail_address(email)
    except Refused as refusal:
        raise Unfit({"email": [refusal.message]}) from refusal
    with transaction.atomic():
        if Contact.stored.filter(partner=partner).count() >= MOST:
            raise Refused(_("%(most)d contacts are enough. Remove one first.") % {"most": MOST})
        contact = Contact(partner=partner, subject_id=of_address(email).id)
        fields = {"kind": kind, "name": name, "function": function, "email": email, "phone": phone}
        write(contact, fields, by=by, verb="note contact", tenant=partner.pk)
        if refuses_promotion and policy().does(Activity.PROMOTION):
            objections.raise_objection(Subject("address", contact.subject_id), Activity.PROMOTION, by=by)
    return contact


def remove_contact(contact: Contact, *, by: Actor) -> None:
    """Forget a contact at once. Raises `NotAllowed`; `Conflict` if somebody else did."""
    permit(by, KEEP_CONTACTS, contact.partner)
    with transaction.atomic():
        row = Contact.objects.select_for_update().filter(pk=contact.pk).first()
        if row is None:
            raise Conflict(_("This contact is gone already."))
        record("remove contact", row, by=by, tenant=row.partner_id)
        row.delete()
