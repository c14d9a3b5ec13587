"""Where mail comes back to, read from `PERRON_BOUNCES`. Knows nothing of Django: settings are made with it."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from perron.core.mail_addresses import read_address

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_EXAMPLE = (
    "imaps://user:password@imap.example.org/INBOX?address=bounces@example.org or "
    "maildir:///var/mail/bounces?address=bounces@example.org"
)
# What is put behind the name (`return_path`) must still fit the 64 characters of a local part (RFC 5321 §4.5.3.1.1).
_LONGEST_NAME = 15


@dataclass(frozen=True)
class Returns:
    """A mailbox that reports come back to, and its address. `folder` is a path, or the name of an IMAP mailbox."""

    address: str
    kind: Literal["imap", "maildir"]
    folder: str
    host: str = ""
    port: int = 0
    tls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)


def read_returns(url: str) -> Returns:
    """Return the mailbox that `url` names. Raises `ValueError` with a sentence that says what to write, and no secret.

    Every mailbox behind `name+anything@host` must be this one. `?tls=none` is for the own machine.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    address = read_address(options.pop("address", ""))
    if not address:
        raise ValueError(f"name the address of the mailbox behind the question mark; write it as {_EXAMPLE}")
    name = address.partition("@")[0]
    if len(name) > _LONGEST_NAME or "+" in name:
        raise ValueError(f"the name before the @ has at most {_LONGEST_NAME} characters and no plus, such as bounces")
    match parts.scheme:
        case "maildir" if parts.path.strip("/") and not parts.netloc and not options:
            return Returns(address, "maildir", unquote(parts.path))
        case "imaps" | "imap" if parts.hostname:
            return _imap(parts, address, options)
    raise ValueError(f"write it as {_EXAMPLE}")


def _imap(parts: SplitResult, address: str, options: dict[str, str]) -> Returns:
    plain = options.pop("tls", "") == "none"
    if options:
        raise ValueError(f"{', '.join(options)} is not known after the question mark; address and tls are")
    if plain != (parts.scheme == "imap"):
        raise ValueError("write imaps:// for TLS, and imap://…?tls=none without it")
    if plain and parts.hostname not in _LOOPBACK:
        raise ValueError("tls=none is for a mail server on your own machine")
    try:
        port = parts.port or (143 if plain else 993)
    except ValueError:
        raise ValueError(f"the port is no number; write it as {_EXAMPLE}") from None
    return Returns(
        address, "imap", unquote(parts.path.strip("/")) or "INBOX", parts.hostname or "", port, not plain,
        unquote(parts.username or ""), unquote(parts.password or ""),
    )  # fmt: skip
