"""Objections (GDPR art. 21): to promotion, which end it at once; to other legitimate interests, which are answered.

An objection counts from the moment it is raised. Against promotion it also outlives erasure: the address is remembered
as a fingerprint (`wishes.Stop`). Only a later consent of the same person opens the activity again.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict, Refused
from perron.privacy import auditing, consents, journal, standing
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.among import Key, Keys
from perron.privacy.declaring import Activity
from perron.privacy.evidence.recording import record
from perron.privacy.models import Addressee
from perron.privacy.policy.current import policy
from perron.privacy.subjects import Subject, fingerprint, fingerprints, of_row
from perron.privacy.wishes import Objection, Stop

# Direct marketing: nobody weighs anything (art. 21(3)).
ABSOLUTE = {Activity.PROMOTION}


def raise_objection(
    subject: Subject, activity: Activity, *, by: Actor, grounds: str = "", request: UUID | None = None
) -> Objection:
    """Keep that `subject` objects to `activity`; from now on it is not done with their data.

    Against promotion it is upheld in the same breath, consents to it end, and every address known of the person is
    remembered. Otherwise it waits for `uphold` or `refuse`. Raises `Refused` where nothing rests on such an interest.
    """
    if activity not in ABSOLUTE and not _rests_on_interest(activity):
        raise Refused(_("This rests on a contract, a law or a consent; one can object to legitimate interests only."))
    objection = Objection(
        subject_kind=subject.kind,
        subject_id=subject.id,
        activity=activity,
        grounds=grounds.strip(),
        request_id=request,
        raised_at=now(),
    )
    with transaction.atomic():
        return _keep(objection, by=by)


def uphold(objection: Objection, answer: str, *, by: Actor) -> Objection:
    """Answer that the activity stays ended for this person. Raises `Conflict` when it has been answered."""
    return _answer(objection, Objection.State.UPHELD, answer, by=by)


def refuse(objection: Objection, compelling_grounds: str, *, by: Actor) -> Objection:
    """Answer with the compelling legitimate grounds that override the person's (art. 21(1)); the activity goes on.

    Raises `Refused` against promotion and without grounds, `Conflict` when it has been answered.
    """
    if objection.activity in ABSOLUTE:
        raise Refused(_("An objection to promotion is always upheld (GDPR art. 21(3))."))
    if not compelling_grounds.strip():
        raise Refused(_("Write which compelling grounds override the interests of the person (GDPR art. 21(1))."))
    return _answer(objection, Objection.State.REFUSED, compelling_grounds, by=by)


def has_objected(who: Subject | str, activity: Activity) -> bool:
    """Say whether an objection of this subject, or from this e-mail address, counts now."""
    if isinstance(who, str):
        marks = Stop.objects.filter(fingerprint=fingerprint(who), activity=activity)
        found = Addressee.objects.filter(fingerprint=fingerprint(who)).values_list("pk", flat=True).first()
        return marks.exists() if found is None else has_objected(Subject("address", found), activity)
    only = Keys.of([who.id])
    at = latest(only, activity).get(who.id.hex)
    agreed = consents.latest(only, activity).get(who.id.hex)
    return at is not None and (agreed is None or agreed < at)


def close(subject: Subject) -> int:
    """Let the objections of somebody who left stop counting, so that their clock runs; returns how many.

    There is nothing left to object to; the fingerprint of the address stays.
    """
    rows = Objection.objects.filter(subject_kind=subject.kind, subject_id=subject.id, closed_at=None)
    return rows.update(closed_at=now())


def of_subject(subject: Subject) -> QuerySet[Objection]:
    """Return every objection of `subject`, the newest first."""
    return Objection.objects.filter(subject_kind=subject.kind, subject_id=subject.id).order_by("-raised_at", "-pk")


def among(subjects: Keys, activity: Activity, known: standing.Standings) -> set[str]:
    """Return the keys of those of `subjects` who object. At most three queries."""
    found = set(_counting(subjects, activity).values_list(Key("subject_id"), flat=True))
    if activity in ABSOLUTE:
        key_by_mark = _marks(known)
        found.update(key_by_mark[mark] for mark in _stops(key_by_mark, activity).values_list("fingerprint", flat=True))
    return found


def latest(subjects: Keys, activity: Activity) -> dict[str, datetime]:
    """Return when those who are in `among` objected last, by key; for few, since moments take longer to read."""
    found = dict(_counting(subjects, activity).order_by("raised_at").values_list(Key("subject_id"), "raised_at"))
    if activity in ABSOLUTE:
        whose = [Subject(kind, UUID(key)) for kind in ("person", "address") for key in subjects.values]
        key_by_mark = _marks(standing.of(whose))
        for mark, since in _stops(key_by_mark, activity).values_list("fingerprint", "since"):
            key = key_by_mark[mark]
            found[key] = max(since, found.get(key, since))
    return found


@journal.replays("object")
def _object_again(subject: Subject, detail: Mapping[str, str]) -> None:
    activity = Activity(detail["activity"])
    _stop(detail["fingerprints"].split(), activity)
    if not Objection.objects.filter(pk=detail["objection"]).exists():
        lost = Objection(pk=detail["objection"], subject_kind=subject.kind, subject_id=subject.id, activity=activity)
        _keep(lost, by=SYSTEM)


def _keep(objection: Objection, *, by: Actor) -> Objection:
    """Store an objection; to promotion, with all that follows from it."""
    subject, activity = of_row(objection), Activity(objection.activity)
    marks: list[str] = []
    if activity in ABSOLUTE:
        objection.state = Objection.State.UPHELD
        objection.answered_at = objection.raised_at
        consents.withdraw(subject, activity, form="objection", by=by)
        marks = _remember(subject, activity)
    objection.save(force_insert=True)
    auditing.record("object", objection, by=by, activity=activity)
    record("object", subject, by=by, about=_about(objection))
    journal.write("object", subject, activity=activity, objection=str(objection.pk), fingerprints=" ".join(marks))
    return objection


def _rests_on_interest(activity: Activity) -> bool:
    found = policy().activities.get(activity)
    return found is not None and any(basis.ground == "legitimate_interest" for basis in found.bases)


def _remember(subject: Subject, activity: Activity) -> list[str]:
    """Remember the addresses known of `subject`, and return their fingerprints."""
    known = fingerprints(standing.of([subject]).addresses.values())
    if subject.kind == "address":
        known += Addressee.objects.filter(pk=subject.id).values_list("fingerprint", flat=True)
    _stop(known, activity)
    return known


def _stop(marks: Collection[str], activity: Activity) -> None:
    at = now()
    for mark in marks:
        Stop.objects.update_or_create(fingerprint=mark, activity=activity, defaults={"since": at})


def _counting(subjects: Keys, activity: Activity) -> QuerySet[Objection]:
    return Objection.objects.filter(subject_id__among=subjects, activity=activity, closed_at=None)


def _stops(key_by_mark: Mapping[str, str], activity: Activity) -> QuerySet[Stop]:
    return Stop.objects.filter(fingerprint__among=Keys(key_by_mark), activity=activity)


def _marks(known: standing.Standings) -> dict[str, str]:
    """Return the fingerprints of the addresses that are known, each with the key of whose it is."""
    key_by_mark = dict(zip(fingerprints(known.addresses.values()), known.addresses, strict=True))
    if addressees := known.by_kind["address"]:
        rows = Addressee.objects.filter(pk__among=Keys(addressees))
        key_by_mark.update(rows.values_list("fingerprint", Key("pk")))
    return key_by_mark


def _answer(objection: Objection, state: Objection.State, answer: str, *, by: Actor) -> Objection:
    with transaction.atomic():
        locked = Objection.objects.select_for_update().get(pk=objection.pk)
        if locked.state != Objection.State.RAISED:
            raise Conflict(_("This objection has been answered."))
        locked.state = state
        locked.answer = answer.strip()
        locked.answered_at = now()
        # An objection that is upheld goes on counting; one that is refused only has to be proved.
        locked.closed_at = locked.answered_at if state == Objection.State.REFUSED else None
        locked.save(update_fields=["state", "answer", "answered_at", "closed_at"])
        auditing.record("answer objection", locked, by=by, state=state)
        record("answer_objection", of_row(locked), by=by, about=_about(locked))
    return locked


def _about(objection: Objection) -> dict[str, str]:
    said = {"objection": str(objection.pk), "activity": objection.activity, "state": objection.state}
    return said | ({"request": str(objection.request_id)} if objection.request_id else {})
