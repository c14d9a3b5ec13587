"""How evidence is bound together: what an entry commits to, and how each hash covers the one before.

`docs/evidence.md` describes the same for somebody who verifies with a program of their own.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

type JSON = str | int | bool | Sequence[JSON] | Mapping[str, JSON] | None

# What the first entry of an installation follows.
BEGINNING = "0" * 64


def new_salt() -> str:
    """Return 32 random bytes, in hexadecimal."""
    return secrets.token_hex(32)


def canonical(about: Mapping[str, JSON]) -> str:
    """Return one spelling of `about`: JSON with sorted keys and no spaces (close to RFC 8785; there are no floats)."""
    return json.dumps(about, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def commitment(salt: str, who: tuple[str, UUID | None], by: tuple[str, UUID | None], about: str) -> str:
    """Return SHA-256 of salt, subject, actor and the canonical `about`, in hexadecimal.

    Without the salt it says nothing: nobody can try names against it once the detail has left.
    """
    text = f"{salt}|{who[0]}|{who[1].hex if who[1] else ''}|{by[0]}|{by[1].hex if by[1] else ''}|{about}"
    return hashlib.sha256(text.encode()).hexdigest()


def link(entry: tuple[int, int, str, str, str, str]) -> str:
    """Return the hash of (sequence, epoch, at, deed, commitment, previous), in hexadecimal.

    It covers the entry and, by the previous hash, every entry before it.
    """
    return hashlib.sha256(f"perron|{'|'.join(map(str, entry))}".encode()).hexdigest()


def moment(at: datetime) -> str:
    """Return a moment as entries hold it: UTC with microseconds, "2026-01-31T09:30:00.000000Z"."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
