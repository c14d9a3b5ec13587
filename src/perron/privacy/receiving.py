"""A copy that another program sends to somebody here (GDPR art. 20(2)), shown to them before anything is taken over.

Somebody signed in opens a reception and gets an address, which works once and for a day. Whatever is sent there is
checked before it is kept, and goes with the reception after the policy's period.
"""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import NotFound, Refused
from perron.core.language import LANGUAGES
from perron.core.text import clean_line
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.copies.format import Copy
from perron.privacy.copies.tables import Reception
from perron.privacy.copies.unpacking import unpack
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.recording import record
from perron.privacy.subjects import of_person

OPEN_FOR = timedelta(days=1)
_MOST_OPEN = 5
_NAME_LENGTH = 100
_SENDER_LENGTH = 300


def open_reception(person: UUID, *, by: Actor) -> tuple[Reception, str]:
    """Let one copy come in for `person`, and return the reception and the token of its address, which is not kept."""
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        since = now() - OPEN_FOR
        waiting = Reception.objects.filter(person_id=person, received_at=None, opened_at__gt=since)
        if waiting.count() >= _MOST_OPEN:
            raise Refused(_("Five addresses wait for a copy already. Use one of them, or wait until tomorrow."))
        reception = Reception.objects.create(person_id=person, token_hash=_hash(token))
        record("open_reception", of_person(person), by=by, about={"reception": str(reception.pk)})
    return reception, token


def expect(token: str) -> Reception:
    """Return the reception that is open under `token`. Raises `NotFound`."""
    found = Reception.objects.filter(token_hash=_hash(token), received_at=None, opened_at__gt=now() - OPEN_FOR).first()
    if not found:
        raise NotFound(
            _("No copy is expected under this address: it was used, has ended, or never was. Ask for a new one.")
        )
    return found


def receive(token: str, file: IO[bytes], *, size: int, sha256: str) -> Reception:
    """Check what was sent to `token`, keep it and close the address. Raises `NotFound`, `Refused` or `TooLarge`.

    `file` is seekable; what is refused leaves the address open, for a better attempt.
    """
    reception = expect(token)
    copy = unpack(file)
    name = file_of(reception)
    file.seek(0)
    default_storage.save(name, File(file))
    try:
        with transaction.atomic():
            reception = Reception.objects.select_for_update().get(pk=expect(token).pk, received_at=None)
            reception.received_at = now()
            reception.size, reception.sha256 = size, sha256
            reception.sender = clean_line(copy.controller.name)[:_SENDER_LENGTH]
            reception.offers = _offers(copy)
            reception.save()
            about: dict[str, JSON] = {"reception": str(reception.pk), "from": reception.sender, "sha256": sha256}
            record("receive_copy", of_person(reception.person_id), by=SYSTEM, about=about)
    except BaseException:
        if not Reception.objects.filter(pk=reception.pk, received_at__isnull=False).exists():
            default_storage.delete(name)
        raise
    return reception


def receptions_of(person: UUID) -> list[Reception]:
    """Return what came in for `person` or still may, newest first."""
    return list(Reception.objects.filter(person_id=person).order_by("-opened_at"))


def reception_of(person: UUID, reception: UUID) -> Reception:
    """Return a copy that came in for `person`. Raises `NotFound` for anybody else's."""
    found = Reception.objects.filter(person_id=person, pk=reception, received_at__isnull=False).first()
    if not found:
        raise NotFound(_("There is no such copy, or it is gone."))
    return found


def note_taken(reception: Reception, what: Sequence[str], *, by: Actor) -> None:
    """Write down that the person took over some of what a copy offers; called in the transaction that does it."""
    Reception.objects.filter(pk=reception.pk).update(taken_at=now())
    about: dict[str, JSON] = {"reception": str(reception.pk), "what": list(what)}
    record("take_over", of_person(reception.person_id), by=by, about=about)


def discard(reception: Reception, *, by: Actor) -> None:
    """Delete a reception with its file, taken over or not."""
    # The file first: a kill in between leaves a row that says so, not a file that nobody knows of.
    default_storage.delete(file_of(reception))
    with transaction.atomic():
        Reception.objects.filter(pk=reception.pk).delete()
        record("discard_copy", of_person(reception.person_id), by=by, about={"reception": str(reception.pk)})


def file_of(reception: Reception) -> str:
    """Return the name of the received file in the file storage; nothing serves it but to the person."""
    return f"receptions/{reception.pk}/copy.zip"


def _offers(copy: Copy) -> dict[str, str]:
    """Return what of a copy has a place here: what somebody is called, and the language that they read."""
    row = next((row for table in copy.tables if table.table == "accounts.Person" for row in table.rows), {})
    offers = {}
    for column in ("name", "first_name"):
        name = row.get(column)
        if isinstance(name, str) and (cleaned := clean_line(name)[:_NAME_LENGTH]):
            offers[column] = cleaned
    language = row.get("language")
    if language in LANGUAGES:
        offers["language"] = str(language)
    return offers


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
