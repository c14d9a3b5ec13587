"""A mail as it leaves this installation: signed for the domain that it comes from, where that has keys."""

from perron.channels.email.dkim import signed
from perron.channels.email.dkim_keys import signing_for
from perron.channels.email.transport import Outgoing
from perron.core.clock import now


def travelling(mail: Outgoing) -> bytes:
    """Return all of a mail. Raises as its `source`."""
    keys = signing_for(mail.sender.address.rpartition("@")[2])
    if not keys:
        return mail.source()
    return signed(mail.source(), keys, at=int(now().timestamp()), body=mail.relaxed_body)
