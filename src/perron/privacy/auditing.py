"""The audit trail. `record` is called by the rule that does the deed, inside its transaction."""

from uuid import UUID

from django.db import models, transaction

from perron.privacy.acting import Actor
from perron.privacy.models import AuditEntry


def record(verb: str, target: models.Model, *, by: Actor, tenant: UUID | None = None, **detail: object) -> None:
    """Write one audit row: `verb` in the infinitive ("release"), `detail` without personal data, JSON-ready.

    Raises `TransactionManagementError` outside a transaction: a deed and its trace stand or fall together.
    """
    record_many([entry(verb, target, by=by, tenant=tenant, **detail)])


def entry(verb: str, target: models.Model, *, by: Actor, tenant: UUID | None = None, **detail: object) -> AuditEntry:
    """Return an unsaved audit row, for rules that write many at once with `record_many`."""
    return AuditEntry(
        actor_kind=by.kind,
        actor_id=by.id,
        verb=verb,
        object_kind=target._meta.model_name or "",
        object_id=target.pk,
        tenant_id=tenant,
        detail=detail,
    )


def record_many(entries: list[AuditEntry]) -> None:
    """Write audit rows in one statement; like `record`, only inside a transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit row belongs in the transaction of its deed.")
    AuditEntry.objects.bulk_create(entries)
