"""What privacy itself must tell people: answers, deadlines, a restriction that is about to end, a change of the policy.

`privacy` cannot write letters; it keeps a row for each notice in the transaction of its cause, and `letters` fetches
those that are due. Either both the row is gone and the letter written, or neither.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from pydantic import JsonValue

from perron.core.clock import now
from perron.core.language import LANGUAGES
from perron.core.mail_addresses import mail_address
from perron.privacy import auditing
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.notices import Notice
from perron.privacy.subjects import Subject


def notice(
    kind: str,
    *,
    subject: Subject,
    address: str,
    language: str,
    context: Mapping[str, JsonValue],
    by: Actor,
    due_at: datetime | None = None,
    about: UUID | None = None,
    activity: Activity | None = None,
) -> Notice:
    """Have `subject` told by a letter of this kind, at `due_at` (default: now); `context` fills its templates.

    `about` is what it is about, to `withdraw` it by; `activity` is what it is for, by default that of its kind.
    Raises `TransactionManagementError` outside a transaction, `Refused` for an address that is none, and `ValueError`
    for a language that is none.
    """
    made = compose(kind, subject=subject, address=address, language=language, context=context, due_at=due_at,
                   about=about, activity=activity)  # fmt: skip
    notice_many([made], by=by)
    return made


def compose(
    kind: str,
    *,
    subject: Subject,
    address: str,
    language: str,
    context: Mapping[str, JsonValue],
    due_at: datetime | None = None,
    about: UUID | None = None,
    activity: Activity | None = None,
) -> Notice:
    """Return an unsaved notice, for rules that tell many at once with `notice_many`. Raises as `notice`."""
    if language not in LANGUAGES:
        raise ValueError(f"Nobody is told anything in {language!r}; choose one of {', '.join(LANGUAGES)}.")
    return Notice(
        kind=kind,
        activity=activity or "",
        subject_kind=subject.kind,
        subject_id=subject.id,
        address=mail_address(address),
        language=language,
        context=dict(context),
        about_id=about,
        due_at=due_at or now(),
    )


def notice_many(notices: Iterable[Notice], *, by: Actor) -> None:
    """Keep composed notices. Raises `TransactionManagementError` outside a transaction."""
    _demand_transaction()
    made = Notice.objects.bulk_create(notices)
    auditing.record_many([auditing.entry("notice", row, by=by, kind=row.kind) for row in made])


def withdraw(about: UUID, *, by: Actor, kind: str | None = None) -> int:
    """Take back the notices about something that are not due yet, all or those of one kind; return their number.

    Raises `TransactionManagementError` outside a transaction.
    """
    _demand_transaction()
    waiting = Notice.objects.filter(about_id=about, due_at__gt=now(), **({"kind": kind} if kind else {}))
    taken = list(waiting.select_for_update())
    Notice.objects.filter(pk__in=[row.pk for row in taken]).delete()
    auditing.record_many([auditing.entry("withdraw notice", row, by=by, kind=row.kind) for row in taken])
    return len(taken)


def _demand_transaction() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A notice belongs in the transaction of its cause.")
