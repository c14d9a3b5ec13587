"""The tables of evidence. Rows are written by `recording` and leave by `cutting`; triggers refuse anything else."""

from typing import ClassVar

from django.db import models


class EvidenceEntry(models.Model):
    """One link of the chain: what was done when. It says nothing about anybody, and is never changed."""

    # An integer, and not a big one, is where SQLite lays the row: reading in order needs no index.
    sequence = models.IntegerField(primary_key=True)
    # One more after each restore: what came after the backup was lost with the database it was in.
    epoch = models.PositiveIntegerField()
    # UTC with microseconds, as text: it goes into the hash as it stands.
    at = models.CharField(max_length=27)
    deed = models.CharField(max_length=40)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.sequence} {self.deed}"


class EvidenceDetail(models.Model):
    """What an entry commits to: whom it was about, who did it, and what there is to prove. It can leave."""

    sequence = models.IntegerField(primary_key=True)
    salt = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=8, blank=True)
    subject_id = models.UUIDField(null=True)
    by_kind = models.CharField(max_length=8)
    by_id = models.UUIDField(null=True)
    # Canonical JSON, as text: a database may spell JSON anew, and the commitment would no longer fit.
    about = models.TextField()
    request_id = models.UUIDField(null=True)
    # When the request closed; for what belongs to none, when it was done.
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_id", "sequence"], name="evidence_by_subject"),
            models.Index(fields=["request_id", "sequence"], name="evidence_by_request"),
            models.Index(fields=["settled_at"], name="evidence_by_settling"),
        ]

    def __str__(self) -> str:
        return str(self.sequence)


class EvidenceHead(models.Model):
    """Where the chain begins and ends: one row, locked while an entry is added."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.PositiveIntegerField(default=1)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    # The last entry that has left, and its hash: the first that remains follows it.
    anchor_sequence = models.BigIntegerField(default=0)
    anchor_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return str(self.sequence)
