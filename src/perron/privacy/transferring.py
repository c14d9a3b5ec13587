"""What somebody gave, sent straight to an address that they name (GDPR art. 20(2), on whatever basis it is held).

Asking only writes a row; the worker sends. The copy is made anew for each attempt, so that nothing of it lies about.
The address may be any https address that takes a POST of a zip: `docs/copies.md` says what is sent and answered.
"""

import re
import tempfile
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.core.clock import now
from perron.core.errors import Refused
from perron.core.fetching import NoServer, NotFetched
from perron.core.posting import Answered, post, target
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.copies.tables import Transfer
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.recording import record
from perron.privacy.exporting import Made, portable
from perron.privacy.subjects import Subject

MOST_ATTEMPTS = 8
_MOST_WAITING = 3
# Longer than one attempt can take: then whoever was at it has died.
_CLAIM = timedelta(minutes=15)
_FIRST_WAIT = timedelta(minutes=1)
_TOKEN = re.compile(r"[\x21-\x7e]{0,2000}")
# The other side is busy, or takes it later (RFC 9110 §15, RFC 6585 §4).
_LATER = {408, 425, 429}


def send(subjects: Sequence[Subject], address: str, *, token: str = "", language: str, by: Actor) -> Transfer:
    """Have a copy of what `subjects` gave sent to `address`, and return the transfer.

    A `token` goes along as "Authorization: Bearer". Raises `Refused` with the sentence to show.
    """
    url = target(address, allow=settings.PERRON_TRANSFER_NETWORKS)
    if not _TOKEN.fullmatch(token.strip()):
        raise Refused(_("A token has neither spaces nor accents. Copy it again."))
    first, *along = subjects
    with transaction.atomic():
        if Transfer.objects.filter(subject_id=first.id, state=Transfer.State.WAITING).count() >= _MOST_WAITING:
            raise Refused(_("Three copies wait to be sent already. Wait until they have arrived or failed."))
        transfer = Transfer.objects.create(
            subject_kind=first.kind,
            subject_id=first.id,
            along=[{"kind": subject.kind, "id": str(subject.id)} for subject in along],
            language=language,
            address=str(url),
            token=token.strip(),
            host=url.host[:253],
        )
        record("ask_transfer", first, by=by, about={"transfer": str(transfer.pk), "to": transfer.host})
    return transfer


def send_due() -> int:
    """Send what is due, and return how many were tried; a sweeper, safe to run in two workers at once."""
    tried = 0
    while transfer := _claim():
        _attempt(transfer)
        tried += 1
    return tried


def transfers_due() -> QuerySet[Transfer]:
    """Return those to be sent now."""
    return Transfer.objects.filter(state=Transfer.State.WAITING, due_at__lte=now())


def transfers_of(subjects: Sequence[Subject]) -> list[Transfer]:
    """Return what was sent for these subjects, newest first."""
    ids = [subject.id for subject in subjects]
    return list(Transfer.objects.filter(subject_id__in=ids).order_by("-asked_at"))


def _claim() -> Transfer | None:
    """Take the next one, so that no other worker does while it is being sent."""
    with transaction.atomic():
        transfer = transfers_due().select_for_update(skip_locked=True).order_by("due_at").first()
        if transfer:
            transfer.attempts += 1
            transfer.due_at = now() + _CLAIM
            transfer.save(update_fields=["attempts", "due_at"])
    return transfer


def _attempt(transfer: Transfer) -> None:
    subjects = [Subject(transfer.subject_kind, transfer.subject_id)]  # type: ignore[arg-type]
    subjects += [Subject(other["kind"], UUID(other["id"])) for other in transfer.along]
    with tempfile.TemporaryFile() as file, override(transfer.language):
        made = portable(subjects, language=transfer.language, out=file)
        file.seek(0)
        try:
            networks = settings.PERRON_TRANSFER_NETWORKS
            answered = post(transfer.address, file, made.size, headers=_headers(transfer, made), allow=networks)
        except NoServer as refused:
            _again(transfer, refused.message)
        except NotFetched as refused:
            _end(transfer, Transfer.State.FAILED, problem=refused.message)
        except OSError:
            _again(transfer, _("The server cannot be reached, or breaks off."))
        else:
            _hear(transfer, answered, made)


def _headers(transfer: Transfer, made: Made) -> dict[str, str]:
    digest = b64encode(bytes.fromhex(made.sha256)).decode()
    headers = {
        "Content-Type": "application/zip",
        "Accept-Language": transfer.language,
        # RFC 9530: the other side can tell whether all of it arrived.
        "Content-Digest": f"sha-256=:{digest}:",
        # The same copy tried again is one transfer.
        "Idempotency-Key": f'"{transfer.pk}"',
    }
    return headers | ({"Authorization": f"Bearer {transfer.token}"} if transfer.token else {})


def _hear(transfer: Transfer, answered: Answered, made: Made) -> None:
    if 200 <= answered.status < 300:
        _end(transfer, Transfer.State.SENT, status=answered.status, made=made)
    elif answered.status in _LATER or answered.status >= 500:
        _again(transfer, _answer(answered.status), status=answered.status)
    else:
        _end(transfer, Transfer.State.FAILED, status=answered.status, problem=_answer(answered.status))


def _answer(status: int) -> str:
    if status in {401, 403, 404, 410}:
        return _("The other side does not take it: the address or the token has ended or was used already.")
    return _("The other side answers %(status)d and does not take it.") % {"status": status}


def _again(transfer: Transfer, problem: str, *, status: int | None = None) -> None:
    """Try again later, twice as late each time; after the last attempt it has failed."""
    if transfer.attempts >= MOST_ATTEMPTS:
        _end(transfer, Transfer.State.FAILED, status=status, problem=problem)
        return
    transfer.due_at = now() + _FIRST_WAIT * 2 ** (transfer.attempts - 1)
    transfer.status, transfer.problem = status, problem
    transfer.save(update_fields=["due_at", "status", "problem"])


def _end(
    transfer: Transfer, state: str, *, status: int | None = None, made: Made | None = None, problem: str = ""
) -> None:
    """Write down what became of it: the receipt, and the evidence of what was sent where, when."""
    transfer.state, transfer.status, transfer.problem = state, status, problem
    transfer.ended_at = now()
    transfer.address = transfer.token = ""
    about: dict[str, JSON] = {
        "transfer": str(transfer.pk),
        "to": transfer.host,
        "status": status,
        "attempts": transfer.attempts,
    }
    if made:
        transfer.size, transfer.sha256 = made.size, made.sha256
        about |= {"sha256": made.sha256, "size": made.size, "rows": made.rows, "files": made.files}
    deed = "send_copy" if state == Transfer.State.SENT else "fail_to_send_copy"
    with transaction.atomic():
        # Erased meanwhile: then nothing is written about it but that it went.
        Transfer.objects.filter(pk=transfer.pk).update(
            state=state, status=status, problem=problem, ended_at=transfer.ended_at, address="", token="",
            size=transfer.size, sha256=transfer.sha256,
        )  # fmt: skip
        subject = Subject(transfer.subject_kind, transfer.subject_id)  # type: ignore[arg-type]
        record(deed, subject, by=SYSTEM, about=about)
