"""What comes back: reports of failed delivery (RFC 3464) and complaints (RFC 5965), which are both RFC 6522."""

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message
from uuid import UUID

# A report has the whole of our message at most, and a few words.
LARGEST = 1_000_000
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_OUR_ID = re.compile(r"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE)
_ORIGINALS = {"message/rfc822", "text/rfc822-headers"}


@dataclass(frozen=True)
class Report:
    """What a server says of a message of ours: `status` is why it was not delivered (RFC 3463), "" in a complaint.

    `message` is the number in its Message-ID, where the report repeats it.
    """

    status: str
    message: UUID | None

    @property
    def is_complaint(self) -> bool:
        """Say whether its reader called it unwanted."""
        return not self.status


def read_report(content: bytes) -> Report | None:
    """Return what a mail reports; None for anything else: an answer from somebody on holiday, a delay, a receipt."""
    if len(content) > LARGEST:
        return None
    mail = message_from_bytes(content, policy=policy.compat32)
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    parts = [part for part in mail.get_payload() if isinstance(part, Message)]
    match str(mail.get_param("report-type", "")).lower():
        case "delivery-status":
            status = _status(parts)
            return Report(status, _original(parts)) if status else None
        case "feedback-report" if _is_complaint(parts):
            return Report("", _original(parts))
    return None


def _status(parts: list[Message]) -> str:
    """Return the status of the first recipient that was given up (RFC 3464 §2.3); each of our mails has one only."""
    for group in _groups(parts, "message/delivery-status"):
        found = _STATUS.search(str(group.get("Status", "")))
        if found and str(group.get("Action", "")).strip().lower() == "failed":
            return found[0]
    return ""


def _is_complaint(parts: list[Message]) -> bool:
    """Say whether somebody complains: not a report about authentication, or that it was no junk (RFC 5965 §7.3)."""
    groups = _groups(parts, "message/feedback-report")
    return any(str(group.get("Feedback-Type", "")).strip().lower() in {"abuse", "opt-out"} for group in groups)


def _groups(parts: list[Message], kind: str) -> list[Message]:
    """Return the groups of fields in the parts of a kind: these are read as messages, one by one or as a text."""
    found: list[Message] = []
    for part in parts:
        if part.get_content_type() == kind:
            inside: object = part.get_payload()
            if isinstance(inside, list):
                found += [each for each in inside if isinstance(each, Message)]
            else:
                found += [message_from_string(text) for text in str(inside).split("\n\n")]
    return found


def _original(parts: list[Message]) -> UUID | None:
    for part in parts:
        if part.get_content_type() in _ORIGINALS:
            inside: object = part.get_payload()
            header = inside[0] if isinstance(inside, list) else message_from_string(str(inside))
            if found := _OUR_ID.search(str(header.get("Message-ID", ""))):
                return UUID(found[1])
    return None
