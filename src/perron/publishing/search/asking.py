"""Looking for items: all words must be there, whole or at their beginning, accents and capitals aside.

Those with all of the words in a title come first, then the others; each part with the latest first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from perron.core.clock import now
from perron.publishing.search import engines
from perron.publishing.search.words import Asked, kinds, places

# Nobody reads more; who finds too much adds a word.
MOST = 200
LONGEST = 200


@dataclass(frozen=True)
class Found:
    """Identifiers of public items in order; the first `by_title` have all of the words in a title."""

    items: tuple[UUID, ...] = ()
    by_title: int = 0


def search(typed: str, *, communities: Collection[UUID] | None = None, kind: str = "", most: int = MOST) -> Found:
    """Return at most `most` public items for what somebody typed (of which `LONGEST` characters count).

    `communities` and `kind` (a slug) leave only theirs.
    """
    asked = Asked(typed[:LONGEST])
    if not asked or (communities is not None and not communities):
        return Found()
    one_of = [marks for marks in (places(communities or ()), kinds(kind)) if marks]
    moment, most = now(), min(most, MOST)
    first = engines.newest(asked.terms(in_title=True), one_of, at=moment, most=most)
    if len(first) == most:
        return Found(tuple(first), most)
    rest = engines.newest(asked.terms(in_title=False), one_of, at=moment, most=most)
    return Found(tuple(dict.fromkeys([*first, *rest]))[:most], len(first))
