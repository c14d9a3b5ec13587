"""Fair shares: within a priority, those for whom something waits take turns, however much one of them has to say."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from uuid import UUID

from django.db.models import QuerySet

from perron.delivery.models import Dispatch

# A partner, or the operator itself.
type Share = UUID | None
# A dispatch, its priority, and whose it is.
type Waiting = tuple[UUID, int, Share]


@dataclass(frozen=True, slots=True)
class Turn:
    """A dispatch whose share may go next."""

    share: Share
    dispatch: UUID


class Turns:
    """Who had the last turn, as this process knows. Several processes are each fair, and so together."""

    def __init__(self) -> None:
        self._turns: dict[Share, int] = {}
        self._number = 0

    def of(self, waiting: Iterable[Waiting]) -> Iterator[Turn]:
        """Return those that are `in_order` with turns: the most urgent first, then who waited longest, then the older
        one of each."""
        found: dict[int, dict[Share, list[UUID]]] = {}
        for key, priority, share in waiting:
            found.setdefault(priority, {}).setdefault(share, []).append(key)
        for shares in found.values():
            yield from _in_rounds((share, shares[share]) for share in sorted(shares, key=self._last))

    def took(self, turn: Turn) -> None:
        """Note that it was this one's turn."""
        self._number += 1
        self._turns[turn.share] = self._number

    def _last(self, share: Share) -> int:
        return self._turns.get(share, 0)


def in_order(dispatches: QuerySet[Dispatch]) -> list[Waiting]:
    """Return them with the most urgent first, then the older."""
    return list(dispatches.order_by("priority", "id").values_list("pk", "priority", "share"))


def _in_rounds(shares: Iterable[tuple[Share, list[UUID]]]) -> Iterator[Turn]:
    """Return the first of each, then the second of each, and so on."""
    turns = ([Turn(share, dispatch) for dispatch in dispatches] for share, dispatches in shares)
    yield from (turn for round_ in zip_longest(*turns) for turn in round_ if turn)
