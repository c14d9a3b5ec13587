"""Whether evidence is whole: every entry in its place, bound to the one before, and its detail as it was recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef

from perron.core.clock import now
from perron.privacy.declaring import Activity
from perron.privacy.evidence import chain
from perron.privacy.evidence.checkpoints import Checkpoint, public_key
from perron.privacy.evidence.cutting import CUT, about_cut
from perron.privacy.evidence.tables import EvidenceDetail, EvidenceEntry, EvidenceHead
from perron.privacy.policy.current import policy, versions

# Rows fetched at once: memory stays bounded however long the chain is.
_BATCH = 10_000
_BEFORE_ALL = -(2**31)
# Nowhere is nothing recorded for so long: a checkpoint's last entry is at most that much older than the checkpoint.
_QUIET = timedelta(days=365)

# Entries in order, each with the text that its commitment is over (null once the detail has left), and whether the
# detail's clock is that of the request it names. The database composes both, which halves the time.
_STATEMENT = """
    SELECT e.sequence, e.epoch, e.at, e.deed, e.commitment, e.previous, e.hash,
        d.salt || '|' || d.subject_kind || '|' || {subject} || '|' || d.by_kind || '|' || {by} || '|' || d.about,
        CASE WHEN d.request_id IS NULL THEN {settled} = e.at AND {find}(d.about, '"request":"') = 0
        ELSE {find}(replace(d.about, '-', ''), '"request":"' || {request} || '"') > 0
            AND (d.settled_at IS NULL OR {settled} >= e.at) END
    FROM privacy_evidenceentry e LEFT JOIN privacy_evidencedetail d ON d.sequence = e.sequence
    WHERE e.sequence > %s ORDER BY e.sequence LIMIT %s"""
_STATEMENTS = {
    "sqlite": _STATEMENT.format(
        subject="coalesce(d.subject_id, '')",
        by="coalesce(d.by_id, '')",
        request="d.request_id",
        settled="replace(d.settled_at, ' ', 'T') || CASE length(d.settled_at) WHEN 19 THEN '.000000Z' ELSE 'Z' END",
        find="instr",
    ),
    "postgresql": _STATEMENT.format(
        subject="replace(coalesce(d.subject_id::text, ''), '-', '')",
        by="replace(coalesce(d.by_id::text, ''), '-', '')",
        request="replace(d.request_id::text, '-', '')",
        settled="""to_char(d.settled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
        find="strpos",
    ),
}
_SNAPSHOT = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}

type Row = tuple[Any, ...]


@dataclass(frozen=True)
class Report:
    """What was looked at, and each thing that is not as it was recorded, as an English sentence."""

    first: int
    last: int
    entries: int
    without_detail: int
    epoch: int
    findings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(checkpoint: Checkpoint | None = None) -> Report:
    """Read all evidence as it stands at one moment, and report what does not fit together.

    Without a checkpoint that somebody else kept, an end that was cut off together with the head, or a chain that was
    computed anew, cannot be told from a whole one.
    """
    with _one_moment():
        head = EvidenceHead.objects.filter(pk=1).first()
        walk = _Walk.behind_anchor(head, watched=checkpoint.sequence if checkpoint else -1)
        for rows in _batches():
            walk.check(rows)
        walk.check_end(head)
        walk.findings += _strays()
        if head and head.anchor_sequence:
            walk.findings += _wrong_anchor(head)
    notes: list[str] = []
    if checkpoint:
        differing, notes = _compare(checkpoint, walk, head.anchor_sequence if head else 0)
        walk.findings += differing
    return Report(
        first=walk.first,
        last=walk.sequence,
        entries=walk.entries,
        without_detail=walk.without_detail,
        epoch=walk.epoch,
        findings=tuple(walk.findings),
        notes=tuple(notes),
    )


@dataclass
class _Walk:
    """Where the walk along the chain has come to."""

    sequence: int
    hash: str
    anchor_hash: str
    watched: int
    kept_since: str
    first: int = 0
    epoch: int = 0
    entries: int = 0
    without_detail: int = 0
    watched_hash: str = ""
    findings: list[str] = field(default_factory=list)

    @classmethod
    def behind_anchor(cls, head: EvidenceHead | None, *, watched: int) -> "_Walk":
        sequence, anchor = (head.anchor_sequence, head.anchor_hash) if head else (0, chain.BEGINNING)
        return cls(sequence, anchor, anchor_hash=anchor, watched=watched, kept_since=chain.moment(_kept_since()))

    def check(self, rows: list[Row]) -> None:
        for row in rows:
            sequence, epoch, at, deed, committed, previous, own, detail, clock_fits = row
            covered = f"perron|{sequence}|{epoch}|{at}|{deed}|{committed}|{previous}"
            if sha256(covered.encode()).hexdigest() != own:
                self.findings.append(f"Entry {sequence} was changed: its hash does not fit.")
            if sequence != self.sequence + 1 or previous != self.hash or epoch != self.epoch:
                self._check_joint(row)
            if detail is None:
                self.without_detail += 1
                if at >= self.kept_since:
                    self.findings.append(f"The detail of entry {sequence} has gone before its time.")
            elif sha256(detail.encode()).hexdigest() != committed or not clock_fits:
                self.findings.append(f"The detail of entry {sequence} was changed: its commitment does not fit.")
            if sequence == self.watched:
                self.watched_hash = own
            self.sequence, self.hash, self.epoch = sequence, own, epoch
        self.entries += len(rows)

    def _check_joint(self, row: Row) -> None:
        """Say why `row` does not follow what came before; the first entry and that of a new epoch may differ."""
        sequence, epoch, _at, deed, _committed, previous = row[:6]
        if not self.first:
            self.first, self.epoch = sequence, epoch
        if sequence != self.sequence + 1:
            self.findings.append(f"After entry {self.sequence} comes {sequence}: entries are missing.")
        if previous != self.hash:
            self.findings.append(f"Entry {sequence} does not follow what stands before it: changed or moved.")
        if epoch != self.epoch and (epoch != self.epoch + 1 or deed != "begin_epoch"):
            self.findings.append(f"Entry {sequence} is in epoch {epoch} after epoch {self.epoch}, without a restore.")

    def check_end(self, head: EvidenceHead | None) -> None:
        if head is None:
            if self.entries:
                self.findings.append("The head is missing: where the chain ends is not known.")
        elif (head.sequence, head.hash) != (self.sequence, self.hash):
            self.findings.append(f"The head says entry {head.sequence}, the last that is there is {self.sequence}.")
        elif self.entries and head.epoch != self.epoch:
            self.findings.append(f"The head says epoch {head.epoch}, the last entry {self.epoch}.")


def _batches() -> Iterator[list[Row]]:
    """Yield (sequence, epoch, at, deed, commitment, previous, hash, committed text, clock fits) in order."""
    last = _BEFORE_ALL
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_STATEMENTS[connection.vendor], [last, _BATCH])
            rows = cursor.fetchall()
            if not rows:
                return
            yield rows
            last = rows[-1][0]


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let all queries of the block see the same state, without keeping anybody from writing."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_SNAPSHOT[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _kept_since() -> datetime:
    """Return the moment from which on every detail, and with it every entry, must still be there."""
    periods = [version.retention(Activity.RIGHTS, "request_closed").period for version in versions()]
    present = policy().retention(Activity.RIGHTS, "request_closed").period
    limits = [period.before(now()) for period in [*periods, present] if period]
    return max(limits, default=now())


def _strays() -> list[str]:
    there = EvidenceEntry.objects.filter(sequence=OuterRef("sequence"))
    alone = EvidenceDetail.objects.filter(~Exists(there)).order_by("sequence").values_list("sequence", flat=True)
    return [f"A detail stands at {sequence}, where no entry is." for sequence in alone[:_BATCH]]


def _wrong_anchor(head: EvidenceHead) -> list[str]:
    """Say whether the beginning was cut off where an entry says so: the newest one has the head's anchor."""
    newest = EvidenceEntry.objects.filter(deed=CUT).order_by("-sequence").first()
    told = EvidenceDetail.objects.filter(sequence=newest.sequence).first() if newest else None
    # Where its own detail has left in its time there is nothing to compare.
    if newest and (not told or told.about == about_cut(head.anchor_sequence, head.anchor_hash)):
        return []
    return [f"The chain begins after entry {head.anchor_sequence}, and no entry says that it was cut there."]


def _compare(checkpoint: Checkpoint, walk: _Walk, anchor: int) -> tuple[list[str], list[str]]:
    """Return findings and notes from comparing the chain with what somebody kept of it."""
    known = checkpoint.sequence
    why = "a restore lost what was recorded after the backup" if walk.epoch > checkpoint.epoch else "it was removed"
    if not checkpoint.signed_with(public_key()):
        return ["The checkpoint was not signed by this installation, or was changed since."], []
    if known > walk.sequence:
        return [f"The checkpoint knows entry {known}; the chain ends at {walk.sequence}: {why}."], []
    if known < anchor and checkpoint.at >= chain.moment(_kept_since() + _QUIET):
        return [
            f"The checkpoint's entry {known} is too young to have left: the beginning was cut off before its time."
        ], []
    if known < anchor:
        return [], [f"The checkpoint's entry {known} has left in its time; there is nothing to compare it with."]
    if checkpoint.hash == (walk.anchor_hash if known == anchor else walk.watched_hash):
        return [], [f"The checkpoint's entry {known} is in its place."]
    return [f"Entry {known} is not the one that the checkpoint knows: {why}, or the chain was written anew."], []
