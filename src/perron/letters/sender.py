"""In whose name letters are written."""

from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings

from perron.channels.email.mail import Sender
from perron.core.mail_addresses import mail_address
from perron.privacy.policy.current import policy


def sender() -> Sender:
    """Return the sender: `PERRON_MAIL_FROM`, else the operator with the address that the policy gives.

    An address without a name gets the operator's.
    """
    name, address = parseaddr(settings.PERRON_MAIL_FROM)
    return Sender(name or policy().operator.name, mail_address(address or policy().operator.email))


def host() -> str:
    """Return the host name in the identifiers of letters: the installation's own."""
    return urlsplit(settings.PERRON_ORIGIN).hostname or "localhost"
