"""What the program does and what the policy says that it does are the same."""

from collections.abc import Iterator

from perron.privacy.declaring import Activity, Category, Keep, PerRow, Personal
from perron.privacy.gate.collecting import OPEN_ACTIVITIES, personal_tables, stores
from perron.privacy.gate.columns import name_of
from perron.privacy.policy import citations
from perron.privacy.policy.values import Activity as Described
from perron.privacy.policy.values import Policy

# What no installation can do without: reading, staff who sign in, and everybody's rights (GDPR art. 12).
INDISPENSABLE = (Activity.BROWSING, Activity.ACCOUNTS, Activity.RIGHTS, Activity.STAFF)


def activity_gaps(policy: Policy) -> Iterator[str]:
    """Yield a sentence for each activity, category and reason on which declarations and policy differ."""
    yield from _described_gaps(policy)
    yield from _served_gaps(policy)
    for table in personal_tables():
        yield from _table_gaps(table, policy)
    for store in stores():
        described = policy.activities.get(store.activity or "")
        if isinstance(store.erasure, Keep):
            yield from _keeping_gaps(store.erasure, f"store {store.name}", described)
        # What lies on a person's own device, and is never sent, is nobody else's to process.
        if store.personal and store.kind != "device" and described and not described.personal:
            yield f"store {store.name} is personal, but the policy says that {described.id} touches nobody."


def _described_gaps(policy: Policy) -> Iterator[str]:
    known = {str(activity) for activity in Activity}
    for activity in sorted(known):
        said = (activity in policy.activities, activity in policy.omitted)
        if said == (False, False):
            yield f"policy: nothing about activity {activity}; describe it under activities, or list it in omitted."
        if said == (True, True):
            yield f"policy: activity {activity} is both described and omitted; keep one."
    for activity in sorted({*policy.activities, *policy.omitted} - known):
        yield f"policy: the program has no activity {activity}; remove it, or correct its spelling."
    categories = {str(category) for category in Category}
    for described in policy.activities.values():
        for category in sorted(set(described.categories) - categories):
            here = f"policy: activities.{described.id}.categories"
            yield f"{here}: the program knows no {category}; remove it, or correct its spelling."
    for activity in policy.omitted:
        if activity in INDISPENSABLE:
            yield f"policy: activity {activity} cannot be omitted, because the program cannot run without; describe it."


def _served_gaps(policy: Policy) -> Iterator[str]:
    """Yield activities without a table or store, and those that are no longer open."""
    served = {table.activity for table in personal_tables() if not isinstance(table.activity, PerRow)}
    served |= {store.activity for store in stores() if store.personal and store.activity}
    for activity in Activity:
        if activity in OPEN_ACTIVITIES and activity in served:
            yield f"activity {activity} has its code: take it out of OPEN_ACTIVITIES in privacy/gate/collecting.py."
        described = policy.activities.get(activity)
        if described and described.personal and activity not in served and activity not in OPEN_ACTIVITIES:
            yield f"policy: activity {activity} touches people, but no table or store serves it; omit it."


def _table_gaps(table: Personal, policy: Policy) -> Iterator[str]:
    label = name_of(table.model)
    described = None if isinstance(table.activity, PerRow) else policy.activities.get(table.activity)
    if isinstance(table.erasure, Keep):
        yield from _keeping_gaps(table.erasure, label, described)
    if not described:
        return
    if not described.personal:
        yield f"{label} holds personal data, but the policy says that activity {described.id} touches nobody."
        return
    for column, category in table.columns.items():
        if category not in described.categories:
            yield (
                f"column {label}.{column} holds {category}, which the policy does not list for it: "
                f"add it to activities.{described.id}.categories, or do without the column."
            )


def _keeping_gaps(kept: Keep, label: str, described: Described | None) -> Iterator[str]:
    """What stays after an erasure stays for a reason that people could read, and by a law that exists."""
    try:
        citations.parse(kept.citation)
    except ValueError as error:
        yield f"{label}: {error}."
    if described:
        reasons = {reason for retention in described.retentions.values() for reason in retention.reasons}
        if kept.reason not in reasons:
            yield (
                f"{label} outlasts an erasure because of {kept.reason}, which no retention of activity {described.id} "
                f"gives as a reason: add it to activities.{described.id}.retentions, or erase the rows."
            )
