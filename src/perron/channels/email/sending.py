"""The only way out for mail. Nothing leaves without a clearance to use its reader's data for what it is about."""

from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings

from perron.channels.email.outbox import OutboxTransport
from perron.channels.email.smtp import SmtpTransport
from perron.channels.email.transport import Outgoing, Transport
from perron.privacy.clearing import Clearance, redeem


def send(mail: Outgoing, clearance: Clearance) -> None:
    """Send one mail. Raises `BadClearance`, `NotSent`, `Unreachable`; `Refused` for an address that is none."""
    with Post() as post:
        post.send(mail, clearance)


class Post:
    """Sends many mails over one connection, which ends with the `with` block."""

    def __init__(self) -> None:
        self._transport = _transport()

    def send(self, mail: Outgoing, clearance: Clearance) -> None:
        """Send a mail; when this returns, it has left. Raises as `send`."""
        redeem(clearance, activity=mail.activity, subject=mail.whose)
        self._transport.deliver(mail)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()


def is_local() -> bool:
    """Say whether mails stay in the local outbox, for want of a mail server."""
    return settings.PERRON_MAIL is None


def _transport() -> Transport:
    if settings.PERRON_MAIL is None:
        return OutboxTransport()
    return SmtpTransport(settings.PERRON_MAIL, name=urlsplit(settings.PERRON_ORIGIN).hostname or "localhost")
