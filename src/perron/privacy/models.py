from typing import ClassVar

from django.db import models

from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.privacy.breaches.tables import Breach, BreachParty, BreachTold
from perron.privacy.copies.tables import Reception, Transfer
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.looks import Look
from perron.privacy.notices import Announcement, Notice
from perron.privacy.requests.tables import Link, Party, Proof, Request, Step
from perron.privacy.wishes import Consent, Objection, RefusalCount, Restriction, Stop

__all__ = [
    "Addressee",
    "Announcement",
    "AuditEntry",
    "Breach",
    "BreachParty",
    "BreachTold",
    "Consent",
    "DoomedFile",
    "EvidenceDetail",
    "EvidenceEntry",
    "EvidenceHead",
    "Link",
    "Look",
    "Notice",
    "Objection",
    "Party",
    "Proof",
    "Reception",
    "RefusalCount",
    "Request",
    "Restriction",
    "Step",
    "Stop",
    "Transfer",
    "UnfinishedErasure",
]


class AuditEntry(models.Model):
    """Who did what to which thing, when. Written in the same transaction as the deed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=now)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.UUIDField(null=True)
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.UUIDField()
    # The community or partner that the deed belongs to, for its own administrators to read.
    tenant_id = models.UUIDField(null=True)
    # Nothing about anybody: names of columns, kinds, numbers.
    detail = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["object_id", "at"], name="audit_by_object"),
            models.Index(fields=["tenant_id", "at"], name="audit_by_tenant"),
            models.Index(fields=["actor_id", "at"], name="audit_by_actor"),
            models.Index(fields=["at"], name="audit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_kind}"


class Addressee(models.Model):
    """Somebody known by an e-mail address only. The address itself is in the tables of those who need it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return str(self.pk)


class DoomedFile(models.Model):
    """A stored file whose row is gone; the row here goes with the file, a moment later."""

    name = models.CharField(max_length=500)

    def __str__(self) -> str:
        return str(self.pk)


class UnfinishedErasure(models.Model):
    """An erasure of several transactions, from the first to the last of them: after a kill, the worker goes on."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    begun_at = models.DateTimeField(default=now)
    # [["person", UUID], …]
    subjects = models.JSONField()
    # Letters of activities; null: all.
    activities = models.JSONField(null=True)
    actor_kind = models.CharField(max_length=8)
    actor_id = models.UUIDField(null=True)
    request_id = models.UUIDField(null=True)

    def __str__(self) -> str:
        return str(self.pk)
