"""Where signed documents lie: one PDF for each agreement, in the default storage. No public page leads there."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.communities.contracting.tables import Agreement
from perron.core.errors import NotStored, Refused, TooLarge

MOST_BYTES = 10_000_000


def file_name(agreement: Agreement) -> str:
    """Return the name of the signed document in the default storage."""
    return f"agreements/{agreement.pk}.pdf"


def files_of(agreements: QuerySet[Agreement]) -> Iterator[str]:
    """Yield the names of the documents of `agreements` that have one."""
    for agreement in agreements.exclude(file_hash="").only("pk"):
        yield file_name(agreement)


def read(agreement: Agreement) -> bytes | None:
    """Return the document as it lies there now; None if it is gone. Whether it is what was signed, `verifying` says."""
    try:
        with default_storage.open(file_name(agreement)) as file:
            data: bytes = file.read()
    except OSError:
        return None
    return data


def checked_pdf(file: IO[bytes]) -> bytes:
    """Return the content of a PDF. Raises `Refused` or `TooLarge` with the sentence to show."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise TooLarge(_("This file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
    # It begins and ends as ISO 32000-1 §7.5 says.
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-1024:]:
        raise Refused(_("This is no whole PDF. Scan or print the signed agreement as PDF, and choose that file."))
    return data


@contextmanager
def kept(agreement: Agreement, data: bytes) -> Iterator[None]:
    """Write the document, and set its hash; take it away again if the block, which saves the row, fails.

    Raises `NotStored` if the disk does not take it.
    """
    name = file_name(agreement)
    agreement.file_hash = hashlib.sha256(data).hexdigest()
    try:
        # Left there by a process that was killed.
        default_storage.delete(name)
        default_storage.save(name, ContentFile(data))
        yield
    except OSError as error:
        _discard(name)
        raise NotStored(_("There is no room to keep this file. Nothing was saved; tell the operator.")) from error
    except BaseException:
        _discard(name)
        raise


def _discard(name: str) -> None:
    try:
        default_storage.delete(name)
    except OSError:
        return  # It stays unreachable: no row names it.
