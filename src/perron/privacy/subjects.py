"""Whose data it is: an opaque (kind, UUID), so that tables, tasks and evidence need not repeat who somebody is."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.db import transaction

from perron.privacy.keys import address_key
from perron.privacy.models import Addressee
from perron.privacy.wishes import AboutSomebody


@dataclass(frozen=True, slots=True)
class Subject:
    """A "person" (the UUID of their account), or an "address": somebody known by their e-mail address only."""

    kind: Literal["person", "address"]
    id: UUID

    def __hash__(self) -> int:
        """Hash the number alone: batches look a hundred thousand up, and no UUID is of two kinds."""
        return hash(self.id.int)


def of_person(person: UUID) -> Subject:
    """Return the subject of an account."""
    return Subject("person", person)


def of_address(email: str) -> Subject:
    """Return the subject of somebody without an account; the first time, one is made for the address.

    Within a transaction it is locked until the end: retention forgets an address that nothing is about, and must not
    do so while something is being written about it.
    """
    mark = fingerprint(email)
    while True:
        made, _new = Addressee.objects.get_or_create(fingerprint=mark)
        locked = Addressee.objects.select_for_update(no_key=True).filter(pk=made.pk)
        if not transaction.get_connection().in_atomic_block or locked.first():
            return Subject("address", made.pk)


def known_address(email: str) -> Subject | None:
    """Return the subject of an address that something is stored about, else None."""
    found = Addressee.objects.filter(fingerprint=fingerprint(email)).first()
    return Subject("address", found.pk) if found else None


def of_row(row: AboutSomebody) -> Subject:
    """Return whom a row is about."""
    return Subject("person" if row.subject_kind == "person" else "address", row.subject_id)


def fingerprint(email: str) -> str:
    """Return the keyed HMAC-SHA256 of an address, in hexadecimal, the same for every spelling of capitals.

    It can be looked up by who knows the address, and leads nobody back to it without the installation's key.
    """
    return fingerprints([email])[0]


def fingerprints(emails: Iterable[str]) -> list[str]:
    """Return the fingerprint of each address, in the same order."""
    # HMAC as RFC 2104 §2 writes it, with both keyed beginnings made once: a third of the time of `hmac.digest`.
    key = address_key().ljust(64, b"\0")
    inner, outer = (hashlib.sha256(key.translate(pad)) for pad in (_INNER, _OUTER))
    marks = []
    for email in emails:
        first, second = inner.copy(), outer.copy()
        first.update(email.strip().casefold().encode())
        second.update(first.digest())
        marks.append(second.hexdigest())
    return marks


_INNER, _OUTER = (bytes(byte ^ pad for byte in range(256)) for pad in (0x36, 0x5C))
