"""A change of the policy is announced to everybody whose data it is about (POLICY-FACTS M, GDPR art. 13(3)).

A version that was not known before is announced once its day of announcement has come: by a notice to each of those
concerned, in their language, in batches. Whom a batch reached is noted in its transaction, so that nobody is told twice
and nobody forgotten, whenever the program stops.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from perron.core.clock import end_of_day, now, today
from perron.core.mail_addresses import read_address
from perron.privacy.acting import SYSTEM
from perron.privacy.notices import Announcement, Notice
from perron.privacy.noticing import compose, notice_many
from perron.privacy.policy.current import versions
from perron.privacy.policy.texts import texts
from perron.privacy.policy.values import Policy
from perron.privacy.sealing import seals
from perron.privacy.subjects import Subject

LETTER = "policy-changes"
_AT_ONCE = 200
_BATCHES = 50


@dataclass(frozen=True)
class Concerned:
    """Somebody to be told."""

    subject: Subject
    address: str
    language: str


# Returns the next ones, at most `limit`, by rising UUID after the last one reached, who were there before `before`.
type Group = Callable[[UUID | None, datetime, int], Sequence[Concerned]]

_groups: dict[str, Group] = {}


def concerned(name: str) -> Callable[[Group], Group]:
    """Register those whom a change of the policy concerns; `name` stays the same for good: progress is noted by it."""

    def register(group: Group) -> Group:
        if _groups.setdefault(name, group) is not group:
            raise ValueError(f"Two groups of people are called {name!r}; rename one.")
        return group

    return register


def groups() -> dict[str, Group]:
    """Return the groups of people that are registered, by name."""
    return _groups


def announce_versions() -> int:
    """Announce what has not been announced yet, at most 50 batches of 200; return how many people were told."""
    _get_to_know()
    told, batches = 0, _BATCHES
    for version in _to_announce():
        while batches > 0 and (reached := _tell_next(version)) is not None:
            batches -= 1
            told += reached
    return told


def _get_to_know() -> None:
    """Note each version whose announcement has come.

    Where none was known, the installation is new: whoever came after the announcement has been shown that version.
    """
    known = set(Announcement.objects.values_list("in_force", flat=True))
    for version in versions():
        stated = version.version
        # From before versions were sealed.
        Announcement.objects.filter(in_force=stated.in_force, seals={}).update(seals=seals(version))
        if stated.in_force not in known and stated.announced <= today():
            before = now() if known else end_of_day(stated.announced)
            first = {"to_whom_before": before, "seals": seals(version)}
            Announcement.objects.get_or_create(in_force=stated.in_force, defaults=first)


def _to_announce() -> Iterator[Policy]:
    open_ones = set(Announcement.objects.filter(finished_at=None).values_list("in_force", flat=True))
    return (version for version in versions() if version.version.in_force in open_ones)


def _tell_next(version: Policy) -> int | None:
    """Tell the next batch, and return how many they were; None once everybody has been told."""
    with transaction.atomic():
        row = Announcement.objects.select_for_update().get(pk=version.version.in_force)
        if row.finished_at is not None:
            return None
        group = next((name for name in sorted(_groups) if row.reached.get(name, "") is not None), None)
        if group is None:
            row.finished_at, row.reached = now(), {}
            row.save()
            return None
        last = row.reached.get(group)
        batch = _groups[group](UUID(last) if last else None, row.to_whom_before, _AT_ONCE)
        reachable = [each for each in batch if read_address(each.address)]
        notice_many([_notice(version, each) for each in reachable], by=SYSTEM)
        row.told += len(reachable)
        row.reached[group] = str(batch[-1].subject.id) if len(batch) == _AT_ONCE else None
        row.save()
        return len(reachable)


def _notice(version: Policy, whom: Concerned) -> Notice:
    language = whom.language if whom.language in version.languages else version.languages[0]
    return compose(
        LETTER,
        subject=whom.subject,
        address=whom.address,
        language=language,
        context={
            "day": version.version.in_force.isoformat(),
            "changes": texts(language, version).changes.strip(),
            "link": f"{settings.PERRON_ORIGIN}/{language}/privacy/{version.version.in_force}/",
        },
    )
