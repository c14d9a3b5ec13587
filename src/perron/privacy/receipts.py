"""What an erasure answers: every store by name, and what became of what was in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from perron.privacy.evidence.chain import JSON


class Outcome(StrEnum):
    """What became of what a store held about somebody."""

    ERASED = "erased"
    # For a reason of the policy and by a rule of law; what the reason does not need went.
    KEPT = "kept"
    # The program cannot take it from there: the receipt says why, and what the person can do.
    NOT_SUPPORTED = "not_supported"
    # The store is declared to hold nothing about anybody.
    NOTHING = "nothing"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One store: a table ("table:accounts.Person"), or a declared store by its name ("cookie:session").

    `reason` is one of the policy's reasons where it was kept, else a sentence of the declaration, or "".
    """

    store: str
    outcome: Outcome
    rows: int = 0
    reason: str = ""
    citation: str = ""


@dataclass(frozen=True)
class Receipt:
    """Every store of the declarations, each in one line."""

    at: datetime
    lines: tuple[Line, ...]

    @property
    def kept(self) -> tuple[Line, ...]:
        """What stays, and why."""
        return tuple(line for line in self.lines if line.outcome is Outcome.KEPT and line.rows)

    def summary(self) -> Mapping[str, JSON]:
        """Return what evidence keeps of it: how many rows of which store were erased, kept by which rule, or left."""
        return {
            outcome: {line.store: [line.rows, line.citation] if line.citation else line.rows for line in lines}
            for outcome in (Outcome.ERASED, Outcome.KEPT, Outcome.NOT_SUPPORTED)
            if (lines := [line for line in self.lines if line.outcome is outcome and line.rows])
        }
