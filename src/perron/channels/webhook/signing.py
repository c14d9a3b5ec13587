"""Signatures of Standard Webhooks (standardwebhooks.com, "v1"): HMAC-SHA256 with a secret that both sides know."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable

_BEGINS = "whsec_"


def signatures(with_secrets: Iterable[str], *, identifier: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each secret, so that both work while one is changed."""
    signed = f"{identifier}.{timestamp}.".encode() + body
    return " ".join(f"v1,{b64encode(hmac.digest(_key(each), signed, 'sha256')).decode()}" for each in with_secrets)


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(_BEGINS), validate=True)
