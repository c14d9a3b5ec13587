"""A mail as it leaves: every header is made here, from checked values."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy

from perron.core.mail_addresses import mail_address
from perron.core.text import clean_line, shorten
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject

_LONGEST_HEADING = 200
_LONGEST_NAME = 100
# What looks like an encoded word (RFC 2047 §2) would be read as one, and could say what no line may.
_LOOKS_ENCODED = re.compile(r"=\?(?=[^?\s]+\?[bq]\?)", re.IGNORECASE)
# RFC 5322 §3.6.4, without comments and quoted parts.
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,200}@[A-Za-z0-9.:\[\]-]{1,200}>")


class _Words(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """A line of words, encoded as a whole: where ASCII and other words alternate, the library doubles spaces between
    them when it folds."""

    def fold(self, *, policy: Policy) -> str:
        if self.isascii():
            return str(super().fold(policy=policy))
        encoded = Header(str(self), "utf-8", header_name=self.name, maxlinelen=72).encode(linesep=policy.linesep)
        return f"{self.name}: {encoded}{policy.linesep}"


class _Whole(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]
    """An address on a line of its own: the library would encode one that is too long for it, and nothing reads that."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("Subject", _Words)
_HEADERS.map_to_type("List-Unsubscribe", _Whole)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True)
class Sender:
    """Who writes: a name, which may be empty, and an address."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail to one reader: in two forms, in one language.

    `whose` and `activity` say whose data are used for what; `references` are the message identifiers of what was
    written before in the same thread, oldest first. `automatic` is False for what a person wrote (RFC 3834 §5).
    Of what many get, `list_id` names the list (RFC 2919), and `unsubscribe` is the address that ends it by one POST
    without a question (RFC 8058).
    """

    to: str
    whose: Subject
    activity: Activity
    sender: Sender
    message_id: str
    date: datetime
    heading: str
    text: str
    html: str
    language: str
    reply_to: str = ""
    references: tuple[str, ...] = ()
    automatic: bool = True
    list_id: str = ""
    unsubscribe: str = ""

    @property
    def relaxed_body(self) -> bytes | None:
        """Not known before it is written."""
        return None

    def source(self) -> bytes:
        """Return it as it travels. Raises as `message`."""
        return self.message().as_bytes(policy=SMTP)

    def message(self) -> EmailMessage:
        """Return it as a message (RFC 5322). Raises `Refused` for an address, `ValueError` for a message identifier."""
        message = EmailMessage(policy=_POLICY)
        message["From"] = _mailbox(self.sender.name, self.sender.address)
        message["To"] = _mailbox("", self.to)
        message["Subject"] = _line(self.heading, _LONGEST_HEADING)
        message["Date"] = self.date
        message["Message-ID"] = check_message_id(self.message_id)
        if self.reply_to and self.reply_to != self.sender.address:
            message["Reply-To"] = _mailbox("", self.reply_to)
        if self.references:
            message["In-Reply-To"] = check_message_id(self.references[-1])
            message["References"] = " ".join(check_message_id(each) for each in self.references)
        if self.automatic:
            message["Auto-Submitted"] = "auto-generated"
        if self.list_id:
            message["List-Id"] = f"<{self.list_id}>"
        if self.unsubscribe:
            message["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.text, subtype="plain", charset="utf-8", cte="quoted-printable")
        message.add_alternative(self.html, subtype="html", charset="utf-8", cte="quoted-printable")
        # Not before: what describes content moves into its first part.
        message["Content-Language"] = self.language
        return message


def check_message_id(text: str) -> str:
    """Return a message identifier as it stands; raises `ValueError` if it is none."""
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError("A message identifier looks like <part@host>.")
    return text


def _mailbox(name: str, address: str) -> Address:
    return Address(display_name=_line(name, _LONGEST_NAME), addr_spec=mail_address(address))


def _line(words: str, longest: int) -> str:
    return _LOOKS_ENCODED.sub("= ?", shorten(clean_line(words), longest))
