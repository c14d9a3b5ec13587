"""Objections (GDPR art. 21): to promotion, which end it at once; to other legitimate interests, which are answered.

An objection counts from the moment it is raised. Against promotion it also outlives erasure: the address is remembered
as a fingerprint (`wishes.Stop`). Only a later consent of the same person opens the activity again.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
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
    with transaction.atomic():
        return _answer(_raised(objection), Objection.State.UPHELD, answer.strip(), by=by)


def refuse(objection: Objection, compelling_grounds: str, *, by: Actor) -> Objection:
    """Answer with the compelling legitimate grounds that override the person's (art. 21(1)); the activity goes on.

    Raises `Refused` against promotion and without grounds, `Conflict` when it has been answered.
    """
    if objection.activity in ABSOLUTE:
        raise Refused(_("An objection to promotion is always upheld (GDPR art. 21(3))."))
    if not compelling_grounds.strip():
        raise Refused(_("Write which compelling grounds override the interests of the person (GDPR art. 21(1))."))
    with transaction.atomic():
        return _answer(_raised(objection), Objection.State.REFUSED, compelling_grounds.strip(), by=by)


def take_back(objection: Objection, *, by: Actor) -> Objection:
    """Let an objection that nobody has answered stop counting: its request was taken back, or has no object."""
    with transaction.atomic():
        locked = Objection.objects.select_for_update().get(pk=objection.pk)
        if locked.closed_at:
            return locked
        return _take_back(locked, by=by)


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


def among(subjects: Keys, activity: Activity, known: standing.Standings) -> set[str]:
    """Return the keys of those of `subjects` who object. At most three queries."""
    found = set(_counting(subjects, activity).values_list(Key("subject_id"), flat=True))
    if activity in ABSOLUTE:
        if key_by_mark := _marks_of_addresses(known):
            stops = _stops(key_by_mark, activity)
            found.update(key_by_mark[mark] for mark in stops.values_list("fingerprint", flat=True))
        if addressees := known.by_kind["address"]:
            # Their fingerprints lie beside the stops, and need not be read to be compared.
            stopped = Exists(Stop.objects.filter(fingerprint=OuterRef("fingerprint"), activity=activity))
            found.update(_addressees(addressees).filter(stopped).values_list(Key("pk"), flat=True))
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
        lost = Objection(
            pk=detail["objection"],
            subject_kind=subject.kind,
            subject_id=subject.id,
            activity=activity,
            # Entries from before requests were named in them have none.
            request_id=detail.get("request") or None,
        )
        _keep(lost, by=SYSTEM)


@journal.replays("answer_objection")
def _answer_again(_subject: Subject, detail: Mapping[str, str]) -> None:
    """Answer as it was answered. The words went out by letter; the journal, which names nobody, does not have them."""
    found = Objection.objects.filter(pk=detail["objection"], state=Objection.State.RAISED).first()
    if found:
        _answer(found, Objection.State(detail["state"]), "", by=SYSTEM)


@journal.replays("take_objection_back")
def _take_back_again(_subject: Subject, detail: Mapping[str, str]) -> None:
    found = Objection.objects.filter(pk=detail["objection"], closed_at=None).first()
    if found:
        _take_back(found, by=SYSTEM)


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
    request = str(objection.request_id or "")
    said = {"activity": activity.value, "objection": str(objection.pk), "request": request}
    journal.write("object", subject, fingerprints=" ".join(marks), **said)
    return objection


def _take_back(objection: Objection, *, by: Actor) -> Objection:
    objection.closed_at = now()
    objection.save(update_fields=["closed_at"])
    subject = of_row(objection)
    auditing.record("take objection back", objection, by=by)
    record("take_objection_back", subject, by=by, about=_about(objection))
    journal.write("take_objection_back", subject, objection=str(objection.pk))
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
    key_by_mark = _marks_of_addresses(known)
    if addressees := known.by_kind["address"]:
        key_by_mark.update(_addressees(addressees).values_list("fingerprint", Key("pk")))
    return key_by_mark


def _marks_of_addresses(known: standing.Standings) -> dict[str, str]:
    return dict(zip(fingerprints(known.addresses.values()), known.addresses, strict=True))


def _addressees(keys: list[str]) -> QuerySet[Addressee]:
    return Addressee.objects.filter(pk__among=Keys(keys))


def _raised(objection: Objection) -> Objection:
    """Return the row, locked. Raises `Conflict` when it has been answered."""
    locked = Objection.objects.select_for_update().get(pk=objection.pk)
    if locked.state != Objection.State.RAISED:
        raise Conflict(_("This objection has been answered."))
    return locked


def _answer(objection: Objection, state: Objection.State, answer: str, *, by: Actor) -> Objection:
    objection.state = state
    objection.answer = answer
    objection.answered_at = now()
    # An objection that is upheld goes on counting; one that is refused only has to be proved.
    objection.closed_at = objection.answered_at if state == Objection.State.REFUSED else None
    objection.save(update_fields=["state", "answer", "answered_at", "closed_at"])
    subject = of_row(objection)
    auditing.record("answer objection", objection, by=by, state=state)
    record("answer_objection", subject, by=by, about=_about(objection))
    journal.write("answer_objection", subject, objection=str(objection.pk), state=state.value)
    return objection


def _about(objection: Objection) -> dict[str, str]:
    said = {"objection": str(objection.pk), "activity": objection.activity, "state": objection.state}
    return said | ({"request": str(objection.request_id)} if objection.request_id else {})
