"""What changed between two versions of a policy, in words (GDPR art. 13(3)): by part and fact, not by line."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.privacy.policy.documents import Fact, Part, Said
from perron.privacy.policy.rendering import Page

# Dates differ between any two versions, and what an operator says of a version's news is told apart.
_OF_ITS_OWN = {"in_force", "announced", "new"}


@dataclass(frozen=True)
class FactChange:
    """How one fact of a part changed: what it no longer says, and what it says now."""

    label: str
    before: tuple[Said, ...]
    after: tuple[Said, ...]


@dataclass(frozen=True)
class PartChange:
    """A part that was added, removed or changed; `facts` are those that differ (all, if it is new)."""

    id: str
    title: str
    what: Literal["added", "removed", "changed"]
    facts: tuple[FactChange, ...]


def compare(old: Page, new: Page) -> tuple[PartChange, ...]:
    """Return what differs from `old` to `new`, in the order of `new`, what was removed at the end."""
    before = {part.id: part for part in old.parts}
    after = {part.id: part for part in new.parts}
    with override(new.language):
        found = [_compared(before.get(part.id), part) for part in new.parts]
        found += [
            PartChange(part.id, part.title, "removed", _differences(part, None))
            for part in old.parts
            if part.id not in after
        ]
    return tuple(change for change in found if change.what != "changed" or change.facts)


def _compared(before: Part | None, after: Part) -> PartChange:
    return PartChange(after.id, after.title, "changed" if before else "added", _differences(before, after))


def _differences(before: Part | None, after: Part | None) -> tuple[FactChange, ...]:
    old, new = _facts(before), _facts(after)
    changes = (_difference(old.get(id_), new.get(id_)) for id_ in dict.fromkeys([*new, *old]))
    return tuple(change for change in changes if change.before or change.after)


def _difference(before: Fact | None, after: Fact | None) -> FactChange:
    known = after or before
    assert known is not None
    old, new = (before.values if before else ()), (after.values if after else ())
    if len(old) == len(new) == 1 and old != new:
        return FactChange(known.label, old, new)
    return FactChange(
        known.label,
        tuple(said for said in old if said not in new),
        tuple(said for said in new if said not in old),
    )


def _facts(part: Part | None) -> dict[str, Fact]:
    if part is None:
        return {}
    lead = (
        Fact("title", _("Name"), (Said(part.title),)),
        Fact("lead", _("In short"), (Said(part.lead),) if part.lead else ()),
    )
    own = _OF_ITS_OWN if part.id == "changes" else set()
    return {fact.id: fact for fact in (*lead, *part.facts) if fact.id not in own}
