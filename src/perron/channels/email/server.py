"""Which mail server letters go to, read from `PERRON_MAIL`. Knows nothing of Django: settings are made with it."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_EXAMPLE = "smtp://user:password@mail.example.org:587"
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


@dataclass(frozen=True)
class Server:
    """A mail server that takes our letters (RFC 6409). `tls` is "none" on the own machine only."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    user: str = ""
    password: str = field(default="", repr=False)


def read_server(url: str) -> Server:
    """Return the server that `url` names. Raises `ValueError` with a sentence that says what to write, and no secret.

    `smtp://` speaks STARTTLS, `smtps://` TLS from the first byte; `smtp://localhost?tls=none` neither.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"write it as {_EXAMPLE}")
    tls = _tls(parts)
    try:
        port = parts.port or _PORTS[tls]
    except ValueError:
        raise ValueError(f"the port is no number; write it as {_EXAMPLE}") from None
    return Server(parts.hostname, port, tls, unquote(parts.username or ""), unquote(parts.password or ""))


def _tls(parts: SplitResult) -> Literal["starttls", "implicit", "none"]:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    wanted = options.pop("tls", "implicit" if parts.scheme == "smtps" else "starttls")
    if options:
        raise ValueError(f"{', '.join(options)} is not known after the question mark; tls is")
    if parts.scheme == "smtps":
        if wanted != "implicit":
            raise ValueError("smtps:// is TLS from the first byte; for STARTTLS write smtp://")
        return "implicit"
    if wanted == "none" and parts.hostname not in _LOOPBACK:
        raise ValueError("tls=none is for a mail server on your own machine; letters leave it encrypted")
    if wanted not in {"starttls", "none"}:
        raise ValueError("tls is starttls or none; for TLS from the first byte write smtps://")
    return "none" if wanted == "none" else "starttls"
