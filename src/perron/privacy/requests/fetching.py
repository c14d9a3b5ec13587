"""Handing over the archive that answers a request for access or portability; each time leaves a trace."""

from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.errors import NotFound, Refused
from perron.privacy import exporting
from perron.privacy.acting import Actor
from perron.privacy.auditing import record as audit
from perron.privacy.requests.permitting import is_own, permit_handling
from perron.privacy.requests.tables import Identity, Kind, Request, State
from perron.privacy.subjects import Subject

KINDS = {Kind.ACCESS, Kind.PORTABILITY}


def has_archive(row: Request) -> bool:
    """Say whether the person can fetch an archive with this request."""
    return row.kind in KINDS and row.state == State.ANSWERED


def archive(row: Request, subjects: Sequence[Subject], *, by: Actor, language: str) -> tuple[IO[bytes], str]:
    """Return the archive as it is now, to be read and closed, and its name: all about `subjects`, or what they gave.

    The person gets it once the request is answered; staff at any time when it is sure who asks, to send it on paper or
    on a carrier. Raises `NotAllowed`, `NotFound`, `Refused`.
    """
    if not is_own(by, row):
        permit_handling(by, row)
    if row.kind not in KINDS or not subjects or (is_own(by, row) and not has_archive(row)):
        raise NotFound(_("There is no archive with this request."))
    if row.identity == Identity.UNKNOWN:
        raise Refused(_("First establish who asks."))
    with transaction.atomic():
        audit("fetch archive", row, by=by, reference=row.reference)
    make = exporting.archive if row.kind == Kind.ACCESS else exporting.portable
    # Without a name on the disk, and gone when it is closed.
    file = TemporaryFile()  # noqa: SIM115 whoever sends it closes it
    make(subjects, language=language, out=file)
    file.seek(0)
    return file, f"{row.kind}-{row.reference}.zip"
