"""The address that a mail comes back to: each reader's own, and none that somebody else could have made up.

A report that names it is about a mail that this installation sent to this reader; no other report is believed.
"""

import re
from base64 import b32decode, b32encode
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from perron.channels.email.transport import Outgoing
from perron.core.clock import now
from perron.privacy.subjects import Subject

_SALT = "perron.channels.email.return_path"
_DAY_ONE = date(2026, 1, 1)
# Reports come within days, complaints within weeks.
LASTS = timedelta(days=90)
_SAID, _SEAL = 19, 10
# Letters and digits of base 32, which survive a server that changes capitals.
_TOKEN = rb"([a-z2-7]{47})"


def return_path(mail: Outgoing) -> str:
    """Return the envelope sender of a mail (RFC 5321 §4.4): its own address, or without a mailbox for reports, the
    sender's."""
    if settings.PERRON_BOUNCES is None:
        return mail.sender.address
    name, _, host = settings.PERRON_BOUNCES.address.partition("@")
    return f"{name}+{_token(mail.whose)}@{host}"


def whose(report: bytes) -> Subject | None:
    """Return whose mail came back, by the address that stands somewhere in a report; None if there is none of ours, if
    it is too old, or if there are two."""
    if settings.PERRON_BOUNCES is None:
        return None
    found = {subject for token in _tokens(report) if (subject := _opened(token))}
    return found.pop() if len(found) == 1 else None


def _token(subject: Subject) -> str:
    day = (now().astimezone(UTC).date() - _DAY_ONE).days
    said = (b"p" if subject.kind == "person" else b"a") + subject.id.bytes + day.to_bytes(2)
    return b32encode(said + _seal(said)).decode().rstrip("=").lower()


def _seal(said: bytes) -> bytes:
    return salted_hmac(_SALT, said, algorithm="sha256").digest()[:_SEAL]


def _tokens(report: bytes) -> Iterator[bytes]:
    assert settings.PERRON_BOUNCES is not None
    name, _, host = settings.PERRON_BOUNCES.address.partition("@")
    own = re.compile(re.escape(name).encode() + rb"\+" + _TOKEN + b"@" + re.escape(host).encode(), re.IGNORECASE)
    return (found[1] for found in own.finditer(report))


def _opened(token: bytes) -> Subject | None:
    content = b32decode(token.upper() + b"=")
    said, seal = content[:_SAID], content[_SAID:]
    if not compare_digest(seal, _seal(said)):
        return None
    age = (now().astimezone(UTC).date() - _DAY_ONE).days - int.from_bytes(said[17:19])
    if not 0 <= age <= LASTS.days:
        return None
    return Subject("person" if said[:1] == b"p" else "address", UUID(bytes=said[1:17]))
