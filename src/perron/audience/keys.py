"""The key to one's own subscriptions: in the foot of every message, without sign-in, for as long as the row exists."""

from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from perron.audience.models import Recipient
from perron.core.errors import Gone

_SALT = "perron.audience.keys"


def key_of(recipient_id: UUID) -> str:
    """Return the key, fit for a path. It says nothing of the address, and leads to nothing once the row is gone."""
    return signing.Signer(salt=_SALT, sep="~").sign(recipient_id.hex)


def opened(key: str) -> Recipient:
    """Return whose key it is. Raises `Gone` for one that was altered, or whose recipient has unsubscribed."""
    try:
        recipient_id = UUID(signing.Signer(salt=_SALT, sep="~").unsign(key))
    except signing.BadSignature as error:
        raise Gone(_("This link is not complete. Copy all of it from the e-mail.")) from error
    found = Recipient.stored.filter(pk=recipient_id).first()
    if found is None:
        raise Gone(_("Nothing is sent to this address any more."))
    return found
