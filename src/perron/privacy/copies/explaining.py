"""What an answer must hold besides the data (GDPR art. 15(1), (2)): from the policy, and what was actually done."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from perron.privacy.copies.holdings import Holding, kept_for
from perron.privacy.declaring import Disclosure, Personal, Since
from perron.privacy.policy import labels
from perron.privacy.policy.activity_parts import in_order
from perron.privacy.policy.documents import Fact, Part, Said, facts
from perron.privacy.policy.rendering import page
from perron.privacy.policy.texts import Texts

# Parts of the policy that are about more than somebody's own data.
_ELSEWHERE = {"links", "changes"}


def explain(held: Sequence[Holding], disclosed: Iterable[Disclosure], words: Texts) -> tuple[Part, ...]:
    """Return who holds what why: the controller, each activity that holds something, and what holds for all.

    By article: 15(1)(a) purposes and bases, (b) categories, (c) recipients, those known by name too, (d) periods,
    (e) rights, (f) complaint, (g) source, (h) automated decisions; 15(2) transfers; 26(2) joint controllers.
    """
    document = page(words.policy, words)
    with_rows = {activity for holding in held for activity in holding.counts}
    named = list(disclosed)
    activities = [
        _completed(document.part(activity.id), activity.id, held, named, words)
        for activity in in_order(words.policy)
        if activity.id in with_rows
    ]
    plain = [part for part in document.parts if part.sort == "plain" and part.id not in _ELSEWHERE]
    return (*plain[:1], *activities, *plain[1:], _decisions(), _others())


def source(table: Personal) -> str:
    """Return where the rows of a table come from (GDPR art. 15(1)(g)), in the active language."""
    if table.source:
        return str(table.source)
    if table.provided:
        return _("You gave it, or it arose while you used the service.")
    return _("It arose while you used the service.")


def kept(table: Personal, activity: str, words: Texts) -> str:
    """Return how long the rows of a table stay that serve `activity`, "" where the policy does not do it."""
    policy, activity = words.policy, kept_for(table, activity)
    if isinstance(table.clock, Since) and policy.does(activity):
        return words.retention(activity, table.clock.trigger)
    trigger = getattr(table.clock, "trigger", "")
    if trigger:
        return _("Kept until this moment: %(event)s.") % {"event": words.trigger(trigger)}
    return _("As long as what it belongs to.")


def _completed(part: Part, activity: str, held: Sequence[Holding], named: list[Disclosure], words: Texts) -> Part:
    """Return what the policy says of an activity, and what is the case for this person."""
    mine = [holding for holding in held if holding.counts.get(activity)]
    received = [_received(each, words) for each in named if str(each.activity) == activity]
    own = facts(
        ("received", _("Who received yours, by name"), sorted(received)),
        ("sources", _("Where yours come from"), _sources(mine)),
        ("held", _("What we hold"), [_held(holding, activity) for holding in mine]),
        ("arrangement", _("Between the controllers"), _arrangement(activity, words)),
    )
    return replace(part, facts=(*(fact for fact in part.facts if fact.id != "source"), *own))


def _received(disclosure: Disclosure, words: Texts) -> str:
    if disclosure.recipient in words.policy.recipients:
        return labels.told(words.recipient(disclosure.recipient), disclosure.name)
    return disclosure.name


def _sources(held: Sequence[Holding]) -> list[str]:
    return [labels.told(holding.label, source(holding.table)) for holding in held]


def _held(holding: Holding, activity: str) -> str:
    return f"{holding.label} ({holding.counts[activity]})"


def _arrangement(activity: str, words: Texts) -> list[str]:
    """Return the essence of the arrangement between joint controllers (GDPR art. 26(2))."""
    if words.policy.activities[activity].role != "joint":
        return []
    return [words.statement("roles"), _("You can exercise your rights towards each of them.")]


def _decisions() -> Part:
    none = _("No decision about you is taken by a program alone, and no profile is made of you.")
    return Part("decisions", _("Automated decisions"), "", (Fact("decisions", _("Decisions"), (Said(none),)),))


def _others() -> Part:
    said = (
        Said(_("Who else was involved is not said where that would tell you about somebody else.")),
        Said(_("Passwords and keys are named and not shown: whoever reads them could act as you.")),
    )
    return Part("withheld", _("What is not in this copy"), "", (Fact("withheld", _("Not given"), said),))
