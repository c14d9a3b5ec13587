"""Identifiers: time-ordered UUIDs for rows, short keys for addresses."""

import os
import secrets
import time
import uuid
from datetime import UTC, datetime

# Lower-case letters and digits without those that are mistaken for one another (0/o, 1/l/i).
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def uuid7() -> uuid.UUID:
    """Return a UUID of version 7: milliseconds since 1970, 12 bits of their fraction, then 62 random bits
    (RFC 9562 §5.7 and §6.2, method 3).

    Rows created one after the other lie one after the other in the index, and sort so.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)  # noqa: TID251 it orders, it decides nothing
    fraction = (nanoseconds << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8)) >> 2
    return uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0x2 << 62 | random)


def made_at(identifier: uuid.UUID) -> datetime:
    """Return the moment that is written in a UUID of version 7; for another one, the beginning of 2025."""
    if identifier.version != 7:
        return datetime(2025, 1, 1, tzinfo=UTC)
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)


def short_key(length: int = 6) -> str:
    """Return a random key for an address or a password, `length` characters out of 31."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
