"""An objection counts from the moment it is raised, whatever the answer will be (GDPR arts 18(1)(d), 21)."""

from collections.abc import Sequence

from perron.privacy import objections
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.privacy.models import Objection
from perron.privacy.policy.current import policy
from perron.privacy.requests.tables import Kind, Request
from perron.privacy.subjects import Subject


def object_from_now_on(row: Request, subjects: Sequence[Subject], *, by: Actor) -> list[Objection]:
    """Raise the objections that a request stands for, each once; called as soon as it is sure who asks.

    What rests on a contract, a law or a consent is passed over: the answer says so.
    """
    if row.kind != Kind.OBJECTION or Objection.objects.filter(request_id=row.pk).exists():
        return []
    return [
        objections.raise_objection(subject, activity, by=by, grounds=row.message, request=row.pk)
        for subject in subjects
        for activity in _meant(row)
    ]


def pending(row: Request) -> list[Objection]:
    """Return the objections that came with a request and count until it is answered (GDPR art. 21(1))."""
    return list(Objection.objects.filter(request_id=row.pk, state=Objection.State.RAISED))


def is_absolute(row: Request) -> bool:
    """Say whether a request came with an objection that nobody weighs (GDPR art. 21(3)), and with no other."""
    return Objection.objects.filter(request_id=row.pk, state=Objection.State.UPHELD).exists() and not pending(row)


def resting_on(ground: str) -> list[Activity]:
    """Return the policy's activities of which a basis is `ground` ("legitimate_interest", "consent")."""
    stated = policy().activities.items()
    return [Activity(key) for key, activity in stated if any(basis.ground == ground for basis in activity.bases)]


def _meant(row: Request) -> list[Activity]:
    """Return the activities that are objected to; where none is named, all that one can object to."""
    absolute = (activity for activity in objections.ABSOLUTE if policy().does(activity))
    possible = dict.fromkeys([*resting_on("legitimate_interest"), *absolute])
    return [activity for activity in possible if activity in row.activities or not row.activities]
