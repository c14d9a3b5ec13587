"""Signing mail for the domain that it comes from (DKIM: RFC 6376, RFC 8301, RFC 8463), relaxed in header and body."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from textwrap import wrap
from typing import Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

type Algorithm = Literal["rsa-sha256", "ed25519-sha256"]

# What is signed where it stands, and signed as absent beyond that (RFC 6376 §8.15): nobody on the way adds a second
# one that a reader would see instead. Programs ask one-click unsubscribing to be among them (RFC 8058 §4).
_SIGNED = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version",
    "content-type", "content-language", "auto-submitted", "list-id", "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
_SPACES = re.compile(rb"[ \t]+")
_BEFORE_ENDS = re.compile(rb" (?=\r\n)")


@dataclass(frozen=True)
class Key:
    """A private key that signs for `domain`; receivers find its public half at `<selector>._domainkey.<domain>`."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> Algorithm:
        """As the signature names it."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def signature(self, words: bytes) -> bytes:
        """Return the signature of `words` (RFC 8463 §3: Ed25519 signs their hash)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(words, padding.PKCS1v15(), hashes.SHA256())
        return self.private.sign(sha256(words).digest())


def signed(content: bytes, keys: Sequence[Key], *, at: int, body: bytes | None = None) -> bytes:
    """Return a mail with a signature by each key before it.

    `content` is the mail as it travels, `at` the moment in seconds since 1970. `body` is its body in the relaxed form,
    where somebody knows it already; working it out costs as much as signing.
    """
    if not keys:
        return content
    head, _, rest = content.partition(b"\r\n\r\n")
    digest = b64encode(sha256(relaxed_body(rest) if body is None else body).digest()).decode()
    names, lines = _chosen(head)
    return b"".join(_header(key, names, lines, digest, at) for key in keys) + content


def relaxed_body(body: bytes) -> bytes:
    """Return a body as the signature sees it (RFC 6376 §3.4.4): one space for many, none at the end of lines, no empty
    lines at its end."""
    even = _BEFORE_ENDS.sub(b"", _SPACES.sub(b" ", body))
    while even.endswith(b"\r\n\r\n") or even == b"\r\n":
        even = even[:-2]
    return even if not even or even.endswith(b"\r\n") else even + b"\r\n"


def relaxed_header(line: bytes) -> bytes:
    """Return a header field, folded or not and without its last end of line, as the signature sees it (§3.4.2)."""
    name, _, value = line.partition(b":")
    return name.strip().lower() + b":" + _SPACES.sub(b" ", value.replace(b"\r\n", b"")).strip()


def _chosen(head: bytes) -> tuple[list[str], bytes]:
    """Return which fields are signed, in order, and these fields as the signature sees them."""
    found: dict[str, list[bytes]] = {}
    for line in re.split(rb"\r\n(?![ \t])", head):
        even = relaxed_header(line)
        found.setdefault(even.partition(b":")[0].decode("ascii"), []).append(even)
    names: list[str] = []
    lines: list[bytes] = []
    for name in _SIGNED:
        there = found.get(name, [])
        # The last one of a name is the first to be signed (§5.4.2).
        lines += reversed(there)
        names += [name] * (len(there) + 1)
    return names, b"".join(line + b"\r\n" for line in lines)


def _header(key: Key, names: Sequence[str], lines: bytes, digest: str, at: int) -> bytes:
    tags = (
        f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain};\r\n"
        f"\ts={key.selector}; t={at}; bh={digest};\r\n"
        f"\th={':\r\n\t'.join(':'.join(names[place : place + 5]) for place in range(0, len(names), 5))};\r\n"
        "\tb="
    )
    unsigned = b"DKIM-Signature: " + tags.encode("ascii")
    signature = b64encode(key.signature(lines + relaxed_header(unsigned))).decode()
    return unsigned + "\r\n\t".join(wrap(signature, 70)).encode("ascii") + b"\r\n"
