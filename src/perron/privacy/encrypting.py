"""Secrets that the program itself must read again, encrypted in the tables with the installation's key (AES-256-GCM).

Whoever has a copy of the database alone can do nothing with them.
"""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from perron.privacy.keys import factors_key

_BEGINS = "v1:"
_NONCE = 12


def encrypt(text: str) -> str:
    """Return `text` encrypted, as text; twice the same gives two different ones."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(factors_key()).encrypt(nonce, text.encode(), _BEGINS.encode())
    return _BEGINS + base64.urlsafe_b64encode(nonce + sealed).decode()


def decrypt(text: str) -> str:
    """Return what was encrypted. Raises `ValueError` where it was changed, or encrypted with another key."""
    if not text.startswith(_BEGINS):
        raise ValueError("This was not encrypted by Perron.")
    try:
        sealed = base64.urlsafe_b64decode(text.removeprefix(_BEGINS))
        return AESGCM(factors_key()).decrypt(sealed[:_NONCE], sealed[_NONCE:], _BEGINS.encode()).decode()
    except (InvalidTag, ValueError):
        raise ValueError("This was encrypted with another key, or changed since.") from None
