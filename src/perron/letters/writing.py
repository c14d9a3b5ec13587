"""Writing a letter: it stands or falls with what it is about, since its row is written in the same transaction."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from pydantic import JsonValue

from perron.channels.email.mail import check_message_id
from perron.core.language import LANGUAGES
from perron.core.mail_addresses import mail_address
from perron.core.waking import wake
from perron.letters.kinds import kind_named
from perron.letters.models import Letter
from perron.letters.sender import host
from perron.privacy import auditing
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject


def write(
    letter: str,
    *,
    to: str,
    subject: Subject,
    language: str,
    context: Mapping[str, JsonValue],
    by: Actor,
    activity: Activity | None = None,
    thread: Sequence[str] = (),
    reply_to: str = "",
) -> Letter:
    """Have a letter of the kind `letter` sent to the address `to`, soon after the transaction is committed.

    `subject` is the reader and `activity` what the letter is for, by default that of its kind: it is sent only if the
    reader's data may be used for it then. `context` fills the kind's templates. `thread` has the message identifiers
    of the letters before it, oldest first.

    Raises `TransactionManagementError` outside a transaction, `Refused` for an address that is none, and `ValueError`
    for a kind, a language or a message identifier that is none.
    """
    composed = compose(letter, to=to, subject=subject, language=language, context=context, activity=activity,
                       thread=thread, reply_to=reply_to)  # fmt: skip
    write_many([composed], by=by)
    return composed


def compose(
    letter: str,
    *,
    to: str,
    subject: Subject,
    language: str,
    context: Mapping[str, JsonValue],
    activity: Activity | None = None,
    thread: Sequence[str] = (),
    reply_to: str = "",
) -> Letter:
    """Return an unsaved letter, for rules that write many at once with `write_many`. Raises as `write`."""
    kind = kind_named(letter)
    if language not in LANGUAGES:
        raise ValueError(f"No letter is written in {language!r}; choose one of {', '.join(LANGUAGES)}.")
    composed = Letter(
        kind=kind.name,
        activity=activity or kind.activity,
        subject_kind=subject.kind,
        subject_id=subject.id,
        to=mail_address(to),
        language=language,
        context=dict(context),
        references=[check_message_id(each) for each in thread],
        reply_to=mail_address(reply_to) if reply_to else "",
    )
    composed.message_id = f"<{composed.pk}@{host()}>"
    return composed


def write_many(letters: Iterable[Letter], *, by: Actor) -> None:
    """Write composed letters in two statements. Raises `TransactionManagementError` outside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A letter belongs in the transaction of its cause.")
    written = Letter.objects.bulk_create(letters)
    auditing.record_many([auditing.entry("write letter", row, by=by, kind=row.kind) for row in written])
    wake()
