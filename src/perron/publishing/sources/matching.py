"""Which entry is which item when identifiers cannot be relied on: a GUID or UID that changed, or that was used again.

An entry that is known by its identifier is that item. Of the rest, an entry is the item that agrees in all but the
identifier, and that the file no longer has under its own. Two meetings with the same title on different days agree in
too little.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from perron.publishing.sources.entry import Entry

type Marks = Mapping[str, str]

# Fewer that agree in everything but the date are new issues of something rather than a feed that was numbered anew.
_RENUMBERED = 3


@dataclass(frozen=True)
class Known:
    """An item of the source: its key, the identifier that it had, and its marks."""

    item: UUID
    identifier: str
    marks: Marks


@dataclass(frozen=True)
class Matched:
    """`renamed` has the item of each entry that has another identifier now; `freed` the items that lost theirs."""

    renamed: dict[str, UUID]
    freed: list[UUID]


def match(entries: Sequence[Entry], known: Iterable[Known]) -> Matched:
    """Return what the identifiers alone do not say."""
    by_identifier = {each.identifier: each for each in known}
    marks = {entry.identifier: entry.marks for entry in entries if not entry.sender}
    reused = {
        name for name, own in marks.items() if name in by_identifier and _is_another(own, by_identifier[name].marks)
    }
    fresh = {name: own for name, own in marks.items() if own and (name not in by_identifier or name in reused)}
    left = [each for name, each in by_identifier.items() if each.marks and (name not in marks or name in reused)]
    everything_is_new = len(fresh) == len(marks)
    renamed: dict[str, UUID] = {}
    for asked in (("title", "start", "place"), ("title", "link", "date"), ("title", "text", "date")):
        renamed |= _paired(fresh, left, asked, renamed)
    renamed |= _only_one(fresh, left, renamed, marks)
    if everything_is_new:
        again = _paired(fresh, left, ("title", "link", "text"), renamed)
        renamed |= again if len(again) >= _RENUMBERED and 2 * len(again) >= len(fresh) - len(renamed) else {}
    freed = {by_identifier[name].item for name in reused} | set(renamed.values())
    return Matched(renamed, sorted(freed))


def _is_another(one: Marks, other: Marks) -> bool:
    """Say whether two entries of the same identifier have nothing else in common: it was used again."""
    asked = ("title", "link", "date")
    return all(one.get(name) and other.get(name) and one[name] != other[name] for name in asked)


def _paired(
    fresh: Mapping[str, Marks], left: Iterable[Known], asked: tuple[str, ...], done: Mapping[str, UUID]
) -> dict[str, UUID]:
    """Pair what agrees in all of `asked`; several that agree in all of it are paired in their order."""
    waiting: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for each in left:
        if (key := _key(each.marks, asked)) and each.item not in done.values():
            waiting[key].append(each.item)
    found = {}
    for name, own in fresh.items():
        key = _key(own, asked)
        if key and name not in done and waiting.get(key):
            found[name] = waiting[key].pop(0)
    return found


def _key(marks: Marks, asked: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the marks asked for; None where they say too little. An event is never known without its start."""
    said = tuple(marks.get(name, "") for name in asked)
    is_event = "start" in marks
    if is_event != ("start" in asked) or not marks.get("title"):
        return None
    if "text" in asked and not all(said):
        return None
    return said if sum(map(bool, said)) > 1 else None


def _only_one(
    fresh: Mapping[str, Marks], left: Iterable[Known], done: Mapping[str, UUID], all_marks: Mapping[str, Marks]
) -> dict[str, UUID]:
    """Pair events that agree in title and start, where nothing else of the file and of the items does."""
    asked = ("title", "start")
    here: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for name, own in all_marks.items():
        if key := _key(own, asked):
            here[key].append(name)
    there: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for each in left:
        if (key := _key(each.marks, asked)) and each.item not in done.values():
            there[key].append(each.item)
    return {
        names[0]: there[key][0]
        for key, names in here.items()
        if len(names) == 1 and names[0] in fresh and names[0] not in done and len(there[key]) == 1
    }
