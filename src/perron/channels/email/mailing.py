"""One text for many readers. A message is built once, headers, encodings and all; for each reader only three lines and
the address of their own page are filled in. Building it anew would cost more than sending it.
"""

from binascii import b2a_qp
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from typing import Self

from perron.channels.email.dkim import relaxed_body
from perron.channels.email.mail import Mail, Sender, check_message_id
from perron.core.mail_addresses import mail_address
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject

# Stands in a mail's text and page for the address of the reader's own page; nobody types it.
OWN_PLACE = "%own-place%"
_EACH_ITS_OWN = ("To", "Message-ID", "List-Unsubscribe")


@dataclass(frozen=True)
class Prepared:
    """A mail to one reader, as it leaves."""

    to: str
    whose: Subject
    activity: Activity
    sender: Sender
    message_id: str
    date: datetime
    content: bytes
    relaxed_body: bytes

    def source(self) -> bytes:
        """Return it as it travels."""
        return self.content


@dataclass(frozen=True)
class Mailing:
    """What all readers get, with gaps."""

    sender: Sender
    activity: Activity
    date: datetime
    content: bytes
    # What is signed of it: the same for everybody but for the gaps, so worked out once (`dkim.relaxed_body`).
    relaxed_body: bytes

    @classmethod
    def of(cls, mail: Mail) -> Self:
        """Prepare `mail`, in whose text and page `OWN_PLACE` stands where each reader's address goes."""
        message = replace(mail, unsubscribe="https://own.invalid/").message()
        for name in _EACH_ITS_OWN:
            del message[name]
        for part in message.iter_parts():
            assert isinstance(part, EmailMessage)
            _open_gaps(part)
        content = message.as_bytes(policy=SMTP)
        body = relaxed_body(content.partition(b"\r\n\r\n")[2])
        return cls(mail.sender, mail.activity, mail.date, content, body)

    def to(self, address: str, whose: Subject, *, message_id: str, own_place: str, unsubscribe: str) -> Prepared:
        """Return the mail to one reader, whose page is at `own_place`. Raises `Refused` for what is no address."""
        address = mail_address(address)
        own = f"To: {address}\r\nMessage-ID: {check_message_id(message_id)}\r\nList-Unsubscribe: <{unsubscribe}>\r\n"
        gap, place = OWN_PLACE.encode(), _folded(own_place)
        content = own.encode("ascii") + self.content.replace(gap, place)
        body = self.relaxed_body.replace(gap, place)
        return Prepared(address, whose, self.activity, self.sender, message_id, self.date, content, body)


def _open_gaps(part: EmailMessage) -> None:
    """Write a part so that each gap is on a line of its own, which ends without ending the line (RFC 2045 §6.7(5))."""
    pieces = str(part.get_content()).split(OWN_PLACE)
    part.set_payload(f"=\n{OWN_PLACE}=\n".join(b2a_qp(piece.encode()).decode("ascii") for piece in pieces))


def _folded(place: str) -> bytes:
    # Broken as if one more character followed: the end of a gap's line (RFC 2045 §6.7(5)).
    return b2a_qp(f"{place}x".encode("ascii"))[:-1].replace(b"\n", b"\r\n")
