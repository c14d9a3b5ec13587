"""The permission to use somebody's data for an activity, now. Nothing is sent and nothing runs without one.

A `Clearance` is worth something only in the process that issued it, for `LIFETIME`, and once: what is worth something
is not what it says but that this module remembers having made this very object. A copy, one made by hand, one that
came over a wire or through a fork, and one whose fields were changed are all refused.
"""

import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn, final
from weakref import ref

from django.db import connection
from django.utils.translation import gettext as _

from perron.core.clock import now, today
from perron.core.errors import NotAllowed
from perron.core.identifiers import uuid7
from perron.privacy import reasons
from perron.privacy.declaring import Activity
from perron.privacy.reasons import Reason
from perron.privacy.subjects import Subject
from perron.privacy.wishes import RefusalCount

# Long enough for a batch to leave, short enough that an objection counts within a minute.
LIFETIME = timedelta(minutes=1)


@final
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Clearance:
    """The data of `subject` may be used for `activity` until the moment `until`. Only `clear` makes one that counts."""

    subject: Subject
    activity: Activity
    until: datetime

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        """Refuse to be copied or pickled."""
        raise TypeError("A clearance cannot be copied or stored; ask for another one where it is needed.")


class NotCleared(NotAllowed):
    """There is no clearance; `reason` says why, and the message says it in words."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.sentence)
        self.reason = reason


class BadClearance(NotAllowed):
    """This is no clearance that may be used: forged, used already, too old, or for something else."""


class TooLate(BadClearance):
    """It was one, and has expired: whoever still needs it asks for another."""


# The object itself is the key, so that nothing that merely looks like it is found; what it said when it was made is the
# value, so that nothing is gained by changing it. One that is dropped leaves by itself: its reference calls `pop`.
_issued: dict[ref[Clearance], tuple[Subject, Activity, datetime]] = {}
os.register_at_fork(after_in_child=_issued.clear)


def clear(subject: Subject, activity: Activity, *, at_their_request: bool = False) -> Clearance:
    """Return the clearance to use the data of `subject` for `activity`. Raises `NotCleared`.

    `at_their_request` is for what the person asked for in this very moment, a sign-in mail for example: that is their
    consent, which art. 18(2) allows in restriction.
    """
    cleared, refused = clear_many([subject], activity, at_their_request=at_their_request)
    if refused:
        raise NotCleared(refused[subject])
    return cleared[subject]


def clear_many(
    subjects: Collection[Subject], activity: Activity, *, at_their_request: bool = False
) -> tuple[dict[Subject, Clearance], dict[Subject, Reason]]:
    """Return the clearances of those who may be, and the reasons of those who may not; counts the refusals.

    The number of queries does not depend on the number of subjects. The counts stand or fall with the transaction
    around the call, if there is one.
    """
    refused = reasons.find(subjects, activity, at_their_request=at_their_request)
    if refused:
        _count(activity, Counter(refused.values()))
    until = now() + LIFETIME
    cleared: dict[Subject, Clearance] = {}
    for subject in subjects:
        if subject not in refused:
            clearance = cleared[subject] = Clearance(subject, activity, until)
            _issued[ref(clearance, _issued.pop)] = (subject, activity, until)
    return cleared, refused


def redeem(clearance: Clearance, *, activity: Activity, subject: Subject) -> None:
    """Use a clearance up, for this activity and subject. Raises `BadClearance`.

    Whatever is presented is used up by it, also where it is refused.
    """
    made = _issued.pop(ref(clearance), None) if type(clearance) is Clearance else None
    if made is None:
        raise BadClearance(_("This clearance was not issued here, or has been used; ask for a new one."))
    if made[:2] != (subject, activity):
        raise BadClearance(_("This clearance is for somebody or something else; ask for one of its own."))
    if made[2] < now():
        raise TooLate(_("This clearance has expired; ask for a new one."))


def _count(activity: Activity, number_by_reason: Counter[Reason]) -> None:
    """Add to the day's counts, all in one statement; in one order, so that no two of them wait for each other."""
    table = RefusalCount._meta.db_table
    key = RefusalCount._meta.pk
    params: list[Any] = []
    for reason, number in sorted(number_by_reason.items()):
        params += [key.get_db_prep_save(uuid7(), connection), activity.value, reason.value, today(), number]
    statement = (
        f"INSERT INTO {table} (id, activity, reason, day, number) "  # noqa: S608 the model's own name
        f"VALUES {', '.join(['(%s, %s, %s, %s, %s)'] * len(number_by_reason))} "
        f"ON CONFLICT (activity, reason, day) DO UPDATE SET number = {table}.number + EXCLUDED.number"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
