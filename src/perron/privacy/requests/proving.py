"""What is kept of a request when its content has left: enough to prove what was done, and nothing else (art. 5(2))."""

from collections.abc import Mapping, Sequence
from typing import Any

from perron.core.clock import day_of
from perron.privacy.requests.tables import Party, Proof, Request

# JSON, without anything about anybody.
type Fact = str | int | Sequence[str] | Sequence[Mapping[str, str | int]] | None
type Facts = Mapping[str, Fact]


def prove(row: Request, facts: Facts) -> Proof:
    """Write the proof of a request that has just been closed, and return it."""
    assert row.closed_at is not None
    kept, _made = Proof.objects.update_or_create(
        pk=row.pk,
        defaults={
            "reference": row.reference,
            "subject_kind": row.subject_kind,
            "subject_id": row.subject_id,
            "name": row.name,
            "first_name": row.first_name,
            "kind": row.kind,
            "outcome": row.state,
            "received_on": row.received_on,
            "due_on": row.due_on,
            "closed_at": row.closed_at,
            "done": _done(row, facts),
        },
    )
    return kept


def add_parties(row: Request) -> None:
    """Bring the proof up to date with who was told and who acknowledged after the request was closed."""
    kept = Proof.objects.select_for_update().filter(pk=row.pk).first()
    if kept:
        kept.done = kept.done | {"parties": _parties(row)}
        kept.save(update_fields=["done"])


def _done(row: Request, facts: Facts) -> dict[str, Any]:
    steps = row.steps.filter(internal=False).order_by("id")
    return {
        "channel": row.channel,
        "identity": row.identity,
        "activities": row.activities,
        "deeds": [{"on": day_of(step.at).isoformat(), "deed": step.deed} for step in steps],
        "paused_days": row.paused_days,
        "extended_on": row.extended_on.isoformat() if row.extended_on else None,
        "parties": _parties(row),
        **facts,
    }


def _parties(row: Request) -> list[dict[str, str | None]]:
    return [_party(party) for party in row.parties.all()]


def _party(party: Party) -> dict[str, str | None]:
    return {
        "who": party.name or party.recipient,
        "capacity": party.capacity,
        "told": day_of(party.told_at).isoformat() if party.told_at else None,
        "acknowledged": day_of(party.acknowledged_at).isoformat() if party.acknowledged_at else None,
    }
