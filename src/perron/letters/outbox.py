"""What the local outbox holds, for the desk: only where there is no mail server."""

from perron.channels.email import outbox
from perron.channels.email.outbox import Kept
from perron.channels.email.sending import is_local
from perron.core.clock import now
from perron.privacy.policy.current import policy

__all__ = ["Kept", "forget_old", "is_local", "newest", "read"]

_LONGEST_LIST = 200


def newest() -> list[Kept]:
    """Return the newest mails of the outbox, newest first; none where a mail server takes them."""
    return outbox.newest(_LONGEST_LIST) if is_local() else []


def read(name: str) -> Kept | None:
    """Return one of them."""
    return outbox.find(name) if is_local() else None


def forget_old() -> int:
    """Remove the mails that were written longer ago than the policy lets sent letters stay; return their number."""
    period = policy().passing["letter_sent"].period
    return outbox.forget_before(period.before(now())) if period else 0
